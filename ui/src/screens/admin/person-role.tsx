// A person's role, changed at once and taken back by one click.

import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { UserInfo, UserRole } from '@/generated/wire';
import { i18next } from '@/i18n';
import { errorText } from '@/i18n/reason-text';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { useTask } from '@/parts/use-task';
import { changeUser } from './change-user';
import { givable, useOwnRole } from './roles';

interface Props {
  user: UserInfo;
  disabled: boolean;
  onChange: (user: UserInfo) => void;
}

export function PersonRole({ user, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const own = useOwnRole();
  const { run, busy, error } = useTask();
  const roles = disabled ? [user.role] : givable(own);
  const set = (role: UserRole) =>
    void run(async () => {
      const before = user.role;
      onChange(await changeUser(user.userId, { role }));
      toast(i18next.t('admin.person.roleSet', { name: user.name, role: i18next.t(`admin.role.${role}`) }), {
        action: {
          label: i18next.t('common.undo'),
          onClick: () =>
            void changeUser(user.userId, { role: before }).then(onChange, (problem: unknown) => toast.error(errorText(problem))),
        },
      });
    });
  return (
    <section className="flex flex-col gap-2" aria-busy={busy}>
      <h3 className="font-medium">{t('admin.person.role')}</h3>
      <SegmentedControl
        label={t('admin.person.roleOf', { name: user.name })}
        value={user.role}
        onValueChange={set}
        segments={roles.map((role) => ({ value: role, label: t(`admin.role.${role}`) }))}
      />
      <p className="text-sm text-ink-faint">{t(`admin.roleHint.${user.role}`)}</p>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
    </section>
  );
}
