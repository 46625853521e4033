// Why can't my phone connect? The way of the phone's request, hop by hop; the first that fails is
// named, with what to do. Looks again while it is open: the phone's request may arrive any moment.

import { ArrowLeft } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LanCheck } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { Notice } from '@/parts/notice';
import { useLoaded } from '@/parts/use-loaded';
import { askHere } from './at-this-computer';
import { Firewalls } from './firewalls';
import { Hops } from './hops';

const AGAIN_AFTER_MS = 2000;
const load = () => askHere<LanCheck>('GET', '/api/lan/check');

export function Check({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const { data: check, error, loading, reload } = useLoaded(load);
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    if (loading) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      void reload();
    }, AGAIN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [loading, looks, reload]);
  const home = check?.addresses.find(({ kind }) => kind === 'home') ?? check?.addresses[0];
  return (
    <div className="flex max-w-lg flex-col gap-6">
      <div>
        <Button size="sm" tone="quiet" className="-ml-2.5" icon={<ArrowLeft size={15} aria-hidden />} onClick={onBack}>
          {t('common.back')}
        </Button>
        <h3 className="mt-2 font-reading text-lg font-medium">{t('sharing.check.title')}</h3>
        <p className="mt-1 text-ink-soft">{t('sharing.check.intro', { address: home?.url ?? '—' })}</p>
      </div>
      {check !== null ? (
        <>
          {check.failing === undefined ? (
            <Notice tone="good" live>
              {t('sharing.check.well')}
            </Notice>
          ) : (
            <Notice tone="warn" live>
              {t(`sharing.check.failing.${failing(check)}`)}
            </Notice>
          )}
          <Hops check={check} />
          <Firewalls firewalls={check.firewalls} />
        </>
      ) : error === null ? (
        <Busy words={t('common.loading')} />
      ) : (
        <Failure error={error} onRetry={() => void reload()} />
      )}
    </div>
  );
}

/** Where it stops. An address that may do is not called none. */
function failing({ failing: hop = 'phone', hops }: LanCheck) {
  const perhaps = hops.some((one) => one.hop === 'address' && one.verdict === 'doubtful');
  return hop === 'address' && perhaps ? 'addressPerhaps' : hop;
}
