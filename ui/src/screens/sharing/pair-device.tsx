// Letting a device in: a code to scan or to type, for two minutes, and then the question about the
// device that brought it.

import { Smartphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { CodeCard } from './code-card';
import { ConfirmDevice } from './confirm-device';
import type { Pairing } from './use-pairing';

interface PairDeviceProps {
  pairing: Pairing;
  onTrouble: () => void;
}

export function PairDevice({ pairing, onTrouble }: PairDeviceProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const { code, state } = pairing;
  const request = state?.requests[0];
  return (
    <section aria-label={t('sharing.pair')} className="flex flex-col gap-4">
      <div className="flex items-start justify-between gap-x-6 gap-y-3 max-sm:flex-col">
        <div>
          <h3 className="font-medium">{t('sharing.pair')}</h3>
          <p className="mt-0.5 text-sm text-ink-faint">{t('sharing.pairHint')}</p>
        </div>
        {code === null ? (
          <Button size="sm" busy={busy} icon={<Smartphone size={15} aria-hidden />} onClick={() => void run(pairing.begin)}>
            {t('sharing.makeCode')}
          </Button>
        ) : null}
      </div>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      {code === null ? null : (
        <CodeCard
          key={code.code}
          code={code}
          busy={busy}
          onAgain={() => void run(pairing.begin)}
          onCancel={() => void run(pairing.cancel)}
        />
      )}
      <button
        type="button"
        className="touch-area self-start rounded-xs py-1 text-sm text-accent underline-offset-3 hover:underline"
        onClick={onTrouble}
      >
        {t('sharing.check.title')}
      </button>
      {request === undefined ? null : <ConfirmDevice key={request.requestId} request={request} onDone={pairing.done} />}
    </section>
  );
}
