// A code to scan, to type, or to take along as a link, and how long it is good.

import { useTranslation } from 'react-i18next';
import type { PairingCode } from '@/generated/wire';
import { useNow } from '@/lib/use-now';
import { Button } from '@/parts/button';
import { CopyLine } from '../settings/copy-line';
import { QrCode } from './qr-code';

interface CodeCardProps {
  code: PairingCode;
  busy: boolean;
  onAgain: () => void;
  onCancel: () => void;
}

export function CodeCard({ code, busy, onAgain, onCancel }: CodeCardProps) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const left = Math.max(0, Math.ceil((Date.parse(code.expiresAt) - now) / 1000));
  const link = code.links[0] ?? '';
  const address = link.split('/#')[0] ?? '';
  if (left === 0) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-wash px-4 py-3.5">
        <p className="text-ink-soft">{t('sharing.codeOver')}</p>
        <span className="flex gap-1">
          <Button size="sm" busy={busy} onClick={onAgain}>
            {t('sharing.newCode')}
          </Button>
          <Button size="sm" tone="quiet" onClick={onCancel}>
            {t('common.close')}
          </Button>
        </span>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4 rounded-lg bg-wash p-4 sm:p-5">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-4">
        {link === '' ? null : <QrCode text={link} label={t('sharing.qr')} />}
        <div className="min-w-44 flex-1">
          <ol className="flex list-decimal flex-col gap-1.5 pl-4 text-sm text-ink-soft marker:text-ink-faint">
            <li>{t('sharing.step.scan')}</li>
            <li>{t('sharing.step.warning')}</li>
            <li>{t('sharing.step.confirm')}</li>
          </ol>
          <p className="mt-4 text-sm text-ink-faint">{t('sharing.orType', { address })}</p>
          <p className="font-mono text-2xl font-semibold tracking-widest select-all">{code.code}</p>
          <p role="timer" className="mt-1 text-sm text-ink-soft tabular-nums">
            {t('sharing.left', { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` })}
          </p>
        </div>
      </div>
      <CopyLine text={link} label={t('sharing.copyLink')} />
      <Button size="sm" tone="quiet" className="self-end" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
