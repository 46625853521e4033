// A one-time link for somebody who lost their password or never had one.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LinkMade, UserInfo } from '@/generated/wire';
import { exactTime } from '@/i18n/relative-time';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { ask } from '@/state/api';
import { CopyLine } from '../settings/copy-line';
import { addressForOthers } from './address-for-others';

export function PersonLink({ user }: { user: UserInfo }) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [made, setMade] = useState<{ link: string; expiresAt: string } | null>(null);
  const make = async () => {
    const address = await addressForOthers();
    const { code, expiresAt } = await ask<LinkMade>('POST', `/api/users/${user.userId}/link`, {});
    setMade({ link: `${address}/#sign-in=${encodeURIComponent(code)}`, expiresAt });
  };
  return (
    <section className="flex flex-col gap-2">
      <div className="flex items-start justify-between gap-6">
        <div>
          <h3 className="font-medium">{t('admin.person.link')}</h3>
          <p className="mt-0.5 text-sm text-ink-faint">
            {user.hasPassword ? t('admin.person.linkHint') : t('admin.person.linkHintNoPassword')}
          </p>
        </div>
        <Button size="sm" busy={busy} onClick={() => void run(make)}>
          {t('admin.person.makeLink')}
        </Button>
      </div>
      {made === null ? null : (
        <>
          <CopyLine text={made.link} label={t('admin.copyLink')} />
          <p className="text-sm text-ink-faint">{t('admin.person.linkUntil', { time: exactTime(made.expiresAt) })}</p>
        </>
      )}
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
    </section>
  );
}
