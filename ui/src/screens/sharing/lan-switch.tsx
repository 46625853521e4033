// The one switch, and what a person should know before they turn it.

import { useTranslation } from 'react-i18next';
import type { ChangeLan, LanInfo } from '@/generated/wire';
import { Notice } from '@/parts/notice';
import { Switch } from '@/parts/switch';
import { useTask } from '@/parts/use-task';
import { askHere } from './at-this-computer';

export function LanSwitch({ lan, onTurned }: { lan: LanInfo; onTurned: (now: LanInfo) => void }) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const turn = (open: boolean) =>
    void run(async () => {
      const asked: ChangeLan = { open };
      onTurned(await askHere<LanInfo>('PATCH', '/api/lan', asked));
    });
  return (
    <section aria-label={t('sharing.share')} className="flex flex-col gap-4">
      <Switch label={t('sharing.share')} hint={t('sharing.shareHint')} checked={lan.open} disabled={busy} onCheckedChange={turn} />
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
    </section>
  );
}
