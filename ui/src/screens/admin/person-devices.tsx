// Where a person is signed in, for whoever manages them.

import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceList as Devices, UserInfo } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { Sure } from '@/parts/sure';
import { useLoaded } from '@/parts/use-loaded';
import { ask } from '@/state/api';
import { DeviceList } from '../devices/device-list';

interface Props {
  user: UserInfo;
  onChange: (user: UserInfo) => void;
}

export function PersonDevices({ user, onChange }: Props) {
  const { t } = useTranslation();
  const { userId, name } = user;
  const load = useCallback(async () => (await ask<Devices>('GET', `/api/users/${userId}/devices`)).devices, [userId]);
  const { data, error, reload } = useLoaded(load);
  const [asking, setAsking] = useState(false);
  const gone = async (count: number) => {
    onChange({ ...user, devices: count });
    await reload();
  };
  return (
    <section className="flex flex-col gap-1">
      <h3 className="font-medium">{t('admin.person.devices')}</h3>
      {error === null ? null : <Failure error={error} onRetry={() => void reload()} />}
      {data === null ? error === null ? <Busy words={t('common.loading')} className="py-2" /> : null : null}
      {data?.length === 0 ? <p className="text-sm text-ink-faint">{t('admin.person.noDevices')}</p> : null}
      {data === null || data.length === 0 ? null : (
        <DeviceList
          devices={data}
          label={t('admin.person.devicesOf', { name })}
          onRevoke={async ({ deviceId }) => {
            await ask('DELETE', `/api/users/${userId}/devices/${deviceId}`);
            await gone(data.length - 1);
          }}
        />
      )}
      {data === null || data.length < 2 ? null : asking ? (
        <Sure
          question={t('admin.person.sureEverywhere', { name })}
          yes={t('devices.signOut')}
          onYes={async () => {
            await ask('DELETE', `/api/users/${userId}/devices`);
            await gone(0);
          }}
          onDone={() => setAsking(false)}
        />
      ) : (
        <div>
          <Button size="sm" data-asks onClick={() => setAsking(true)}>
            {t('admin.person.signOutEverywhere')}
          </Button>
        </div>
      )}
    </section>
  );
}
