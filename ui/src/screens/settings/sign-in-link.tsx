// A one-time link for another browser.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import type { Desktop } from '@/platform';
import { CopyLine } from './copy-line';

export function SignInLink({ desktop }: { desktop: Desktop }) {
  const { t } = useTranslation();
  const [link, setLink] = useState<string | null>(null);
  const { run, busy, error } = useTask();
  return (
    <section className="flex flex-col gap-3" aria-label={t('settings.network.link')}>
      <div className="flex items-start justify-between gap-6">
        <div>
          <h3 className="font-medium">{t('settings.network.link')}</h3>
          <p className="mt-0.5 text-sm text-ink-faint">{t('settings.network.linkHint')}</p>
        </div>
        <Button size="sm" busy={busy} onClick={() => void run(async () => setLink(await desktop.signInLink()))}>
          {t('settings.network.makeLink')}
        </Button>
      </div>
      {link === null ? null : <CopyLine text={link} label={t('common.copy')} />}
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
    </section>
  );
}
