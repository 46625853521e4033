// One person, and what may be done: another role, a way in, their devices, the account's end.

import { useTranslation } from 'react-i18next';
import type { UserInfo } from '@/generated/wire';
import { exactTime } from '@/i18n/relative-time';
import { Dialog } from '@/parts/dialog';
import { Notice } from '@/parts/notice';
import { useApp } from '@/state/app-store';
import { PersonAccount } from './person-account';
import { PersonDevices } from './person-devices';
import { PersonLink } from './person-link';
import { PersonRole } from './person-role';
import { isAbove, useOwnRole } from './roles';

interface Props {
  user: UserInfo;
  onChange: (user: UserInfo) => void;
  onClose: () => void;
}

export function PersonDialog({ user, onChange, onClose }: Props) {
  const { t } = useTranslation();
  const own = useOwnRole();
  const you = useApp((state) => state.person?.userId === user.userId);
  const above = isAbove(user.role, own);
  return (
    <Dialog
      open
      quiet
      onOpenChange={onClose}
      title={user.name}
      description={t('admin.person.since', { date: exactTime(user.createdAt) })}
    >
      <div className="flex min-h-0 flex-col gap-7 overflow-y-auto px-6 pt-5 pb-7">
        {above ? <Notice tone="warn">{t('admin.person.above')}</Notice> : null}
        {user.enabled ? null : <Notice tone="warn">{t('admin.person.isClosed')}</Notice>}
        <PersonRole user={user} disabled={above || !user.enabled} onChange={onChange} />
        {above || !user.enabled ? null : <PersonLink user={user} />}
        {above ? null : <PersonDevices user={user} onChange={onChange} />}
        {above || you ? null : <PersonAccount user={user} onChange={onChange} />}
      </div>
    </Dialog>
  );
}
