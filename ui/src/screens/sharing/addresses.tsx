// Where this computer is found: its addresses, its name, and what its certificate looks like.

import { useTranslation } from 'react-i18next';
import type { SharedInfo } from '@/generated/wire';
import { Notice } from '@/parts/notice';
import { CopyLine } from '../settings/copy-line';

export function Addresses({ shared }: { shared: SharedInfo }) {
  const { t } = useTranslation();
  // A tunnel or a container's bridge is shown only where there is nothing better.
  const home = shared.addresses.filter(({ kind }) => kind === 'home');
  const shown = home.length > 0 ? home : shared.addresses;
  const urls = [...shown.map(({ url }) => url), ...(shared.named === undefined ? [] : [shared.named])];
  return (
    <div className="flex flex-col gap-4">
      {shown.length === 0 ? (
        <Notice tone="warn">{t('sharing.noAddress')}</Notice>
      ) : (
        <div>
          <p className="mb-1.5 font-medium">{t('sharing.addresses')}</p>
          <ul className="flex flex-col gap-1.5">
            {urls.map((url) => (
              <li key={url}>
                <CopyLine text={url} label={t('sharing.copyAddress', { address: url })} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <details className="text-sm text-ink-soft">
        <summary className="touch-area inline-block rounded-xs py-0.5 text-accent underline-offset-3 hover:underline">
          {t('sharing.warning')}
        </summary>
        <p className="mt-1.5 leading-relaxed">{t('sharing.warningHint')}</p>
        <p className="mt-2 mb-1 font-medium text-ink">{t('sharing.fingerprint')}</p>
        <code className="block font-mono text-xs leading-relaxed break-all select-all">{shared.fingerprint}</code>
        <p className="mt-3 mb-1 font-medium text-ink">{t('sharing.appLink')}</p>
        <CopyLine text={shared.link} label={t('sharing.copyAddress', { address: t('sharing.appLink') })} />
      </details>
    </div>
  );
}
