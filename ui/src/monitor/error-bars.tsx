// What went wrong since the window opened, by the code of the wire.

import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/i18n/numbers';

export function ErrorBars({ errors }: { errors: Readonly<Record<string, number>> }) {
  const { t } = useTranslation();
  const all = Object.entries(errors).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...all.map(([, count]) => count));
  return (
    <section aria-label={t('monitor.errors')}>
      <h3 className="text-ink-soft">{t('monitor.errors')}</h3>
      {all.length === 0 ? (
        <p className="text-xs text-ink-faint">{t('monitor.noErrors')}</p>
      ) : (
        <ul className="mt-1.5 flex flex-col gap-1.5">
          {all.map(([code, count]) => (
            <li key={code}>
              <div className="flex justify-between gap-3 text-xs">
                <code className="font-mono">{code}</code>
                <span className="tabular-nums">{formatNumber(count)}</span>
              </div>
              <div aria-hidden="true" className="mt-0.5 h-1 rounded-full bg-wash-strong">
                <div className="h-full rounded-full bg-danger" style={{ width: `${(100 * count) / most}%` }} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
