// The devices that were let in by pairing, each to be sent away.

import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PairedDevice } from '@/generated/wire';
import { Time } from '@/lib/time';
import { Button } from '@/parts/button';
import { Sure } from '@/parts/sure';
import { askHere } from './at-this-computer';
import type { Pairing } from './use-pairing';

export function PairedDevices({ pairing }: { pairing: Pairing }) {
  const { t } = useTranslation();
  const devices = pairing.state?.devices ?? [];
  if (devices.length === 0) return null;
  return (
    <section aria-label={t('sharing.paired')}>
      <h3 className="font-medium">{t('sharing.paired')}</h3>
      <ul className="mt-1 flex flex-col divide-y divide-line">
        {devices.map((device) => (
          <Row key={device.deviceId} device={device} onGone={pairing.refresh} />
        ))}
      </ul>
    </section>
  );
}

function Row({ device, onGone }: { device: PairedDevice; onGone: () => Promise<void> }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { deviceId, name, user, address, usedAt } = device;
  const revoke = async () => {
    await askHere('DELETE', `/api/users/${user.userId}/devices/${deviceId}`);
    await onGone();
  };
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-3.5">
        <span aria-hidden className="grid size-9 shrink-0 place-items-center rounded-full bg-wash text-ink-soft">
          <Smartphone size={17} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name}</p>
          <p className="text-sm text-ink-faint">
            {t('sharing.deviceOf', { name: user.name })} · <Time at={usedAt} /> · <span className="tabular-nums">{address}</span>
          </p>
        </div>
        {asking ? null : (
          <Button size="sm" tone="danger" aria-label={t('sharing.revokeLabel', { name })} onClick={() => setAsking(true)}>
            {t('sharing.revoke')}
          </Button>
        )}
      </div>
      {asking ? (
        <Sure question={t('sharing.sure', { name })} yes={t('sharing.revoke')} onYes={revoke} onDone={() => setAsking(false)} />
      ) : null}
    </li>
  );
}
