// One's own devices: where one is signed in, since when it is quiet there, and out again.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { DeviceInfo, DeviceList as Devices, SignedOut } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { Failure } from '@/parts/failure';
import { Sure } from '@/parts/sure';
import { useLoaded } from '@/parts/use-loaded';
import { actions } from '@/state/actions';
import { ask } from '@/state/api';
import { DeviceList } from './device-list';

const load = () => ask<Devices>('GET', '/api/devices');

export function MyDevices() {
  const { t } = useTranslation();
  const { data, error, loading, reload } = useLoaded(load);
  const [asking, setAsking] = useState(false);
  const devices = data?.devices ?? [];
  const here = devices.find(({ current }) => current);
  const others = devices.filter(({ current }) => !current);

  const revoke = async ({ deviceId, name, current }: DeviceInfo) => {
    if (current) return actions.signOut();
    await ask('DELETE', `/api/devices/${deviceId}`);
    toast(t('devices.signedOut', { name }));
    await reload();
  };
  const revokeOthers = async () => {
    const { signedOut } = await ask<SignedOut>('DELETE', '/api/devices');
    toast(t('devices.signedOutCount', { count: signedOut }));
    await reload();
  };

  if (data === null) return error === null ? <Busy words={t('common.loading')} /> : <Failure error={error} onRetry={() => void reload()} />;
  return (
    <div className="flex max-w-xl flex-col gap-5" aria-busy={loading}>
      <p className="text-ink-soft">{t('devices.intro')}</p>
      {error === null ? null : <Failure error={error} onRetry={() => void reload()} />}
      {here === undefined ? <p className="text-sm text-ink-faint">{t('devices.notListed')}</p> : null}
      {devices.length === 0 ? (
        <EmptyState title={t('devices.none')} hint={t('devices.noneHint')} />
      ) : (
        <DeviceList devices={here === undefined ? others : [here, ...others]} label={t('devices.title')} onRevoke={revoke} />
      )}
      {others.length < (here === undefined ? 1 : 2) && !asking ? null : asking ? (
        <Sure
          question={t('devices.sureOthers', { count: others.length })}
          yes={t('devices.signOutOthers')}
          onYes={revokeOthers}
          onDone={() => setAsking(false)}
        />
      ) : (
        <div>
          <Button data-asks onClick={() => setAsking(true)}>{t('devices.signOutOthers')}</Button>
        </div>
      )}
    </div>
  );
}
