// Closing an account and opening it again.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserInfo } from '@/generated/wire';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { Sure } from '@/parts/sure';
import { useTask } from '@/parts/use-task';
import { changeUser } from './change-user';

interface Props {
  user: UserInfo;
  onChange: (user: UserInfo) => void;
}

export function PersonAccount({ user, onChange }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { run, busy, error } = useTask();
  const set = async (enabled: boolean) => onChange(await changeUser(user.userId, { enabled }));
  return (
    <section className="flex flex-col gap-2 border-t pt-5">
      <h3 className="font-medium">{user.enabled ? t('admin.person.close') : t('admin.person.open')}</h3>
      <p className="text-sm text-ink-faint">{user.enabled ? t('admin.person.closeHint') : t('admin.person.openHint')}</p>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      {asking ? (
        <Sure
          question={t('admin.person.sureClose', { name: user.name })}
          yes={t('admin.person.close')}
          onYes={() => set(false)}
          onDone={() => setAsking(false)}
        />
      ) : (
        <div>
          {user.enabled ? (
            <Button size="sm" tone="danger" className="-ml-2.5" data-asks onClick={() => setAsking(true)}>
              {t('admin.person.close')}
            </Button>
          ) : (
            <Button size="sm" busy={busy} onClick={() => void run(() => set(true))}>
              {t('admin.person.open')}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
