// A certificate that nobody vouches for: the person compares it with what the other computer shows.

import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';

export function CertificateQuestion({ fingerprint, onTrust }: { fingerprint: string; onTrust(): void }) {
  const { t } = useTranslation();
  return (
    <Notice tone="warn" live>
      <strong className="block font-semibold">{t('servers.strange.title')}</strong>
      <span className="block">{t('servers.strange.hint')}</span>
      <span className="my-2 block font-mono text-sm break-all">{fingerprint}</span>
      <Button size="sm" onClick={onTrust}>
        {t('servers.strange.trust')}
      </Button>
    </Notice>
  );
}
