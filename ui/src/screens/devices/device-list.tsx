// The devices that somebody is signed in on, each to be signed out.

import { Laptop, MonitorSmartphone, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '@/generated/wire';
import { Time } from '@/lib/time';
import { Button } from '@/parts/button';
import { Sure } from '@/parts/sure';

interface DeviceListProps {
  devices: readonly DeviceInfo[];
  /** Whose they are, for those who hear the page. */
  label: string;
  onRevoke: (device: DeviceInfo) => Promise<unknown>;
}

export function DeviceList({ devices, label, onRevoke }: DeviceListProps) {
  return (
    <ul aria-label={label} className="flex flex-col divide-y divide-line">
      {devices.map((device) => (
        <DeviceRow key={device.deviceId} device={device} onRevoke={onRevoke} />
      ))}
    </ul>
  );
}

function DeviceRow({ device, onRevoke }: { device: DeviceInfo; onRevoke: (device: DeviceInfo) => Promise<unknown> }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { name, address, current } = device;
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-3.5">
        <span aria-hidden className="grid size-9 shrink-0 place-items-center rounded-full bg-wash text-ink-soft">
          {iconOf(device)}
        </span>
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 font-medium">
            <span className="truncate" title={device.userAgent}>
              {name}
            </span>
            {current ? <span className="rounded-full bg-accent-wash px-2 py-0.5 text-xs text-accent">{t('devices.this')}</span> : null}
          </p>
          <p className="text-sm text-ink-faint">
            <Time at={device.usedAt} /> · <span className="tabular-nums">{address}</span> · {t(`devices.method.${device.method}`)}
          </p>
        </div>
        {asking ? null : (
          <Button
            size="sm"
            tone="danger"
            aria-label={current ? t('devices.signOutThis') : t('devices.signOutLabel', { name })}
            data-asks onClick={() => setAsking(true)}
          >
            {t('devices.signOut')}
          </Button>
        )}
      </div>
      {asking ? (
        <Sure
          question={current ? t('devices.sureThis') : t('devices.sure', { name })}
          yes={t('devices.signOut')}
          onYes={() => onRevoke(device)}
          onDone={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}

function iconOf({ name, userAgent }: DeviceInfo) {
  if (/iPhone|iPad|Android|Mobile/i.test(`${name} ${userAgent}`)) return <Smartphone size={17} />;
  return userAgent.startsWith('Mozilla') ? <Laptop size={17} /> : <MonitorSmartphone size={17} />;
}
