// Parlor from other devices: open to the network, a device let in, those that are in, and why a phone
// cannot connect.

import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LanInfo } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Failure } from '@/parts/failure';
import { useLoaded } from '@/parts/use-loaded';
import { host } from '@/platform';
import { isForbidden } from '@/state/api';
import { useApp } from '@/state/app-store';
import { PasswordForm } from '../settings/password-form';
import { SignInLink } from '../settings/sign-in-link';
import { Addresses } from './addresses';
import { askHere } from './at-this-computer';
import { Check } from './check';
import { LanSwitch } from './lan-switch';
import { PairDevice } from './pair-device';
import { PairedDevices } from './paired-devices';
import { usePairing } from './use-pairing';

const load = () => askHere<LanInfo>('GET', '/api/lan');

export function Sharing() {
  const { t } = useTranslation();
  const { desktop } = host;
  const server = useApp((state) => state.server);
  const { data: lan, error, reload, change } = useLoaded(load);
  const [checking, setChecking] = useState(false);
  const pairing = usePairing(lan !== null);
  const turned = useCallback((now: LanInfo) => change(() => now), [change]);

  if (checking) return <Check onBack={() => setChecking(false)} />;
  return (
    <div className="flex max-w-lg flex-col gap-9">
      {desktop !== null && server?.remote === true ? (
        <p className="text-ink-soft">{t('settings.network.remoteHint', { server: server.serverName })}</p>
      ) : null}
      {lan !== null ? (
        <>
          <div className="flex flex-col gap-6">
            <LanSwitch lan={lan} onTurned={turned} />
            {lan.shared === undefined ? null : <Addresses shared={lan.shared} />}
          </div>
          {lan.shared === undefined ? null : (
            <PairDevice pairing={pairing} onTrouble={() => setChecking(true)} />
          )}
          <PairedDevices pairing={pairing} />
        </>
      ) : error === null ? (
        <Busy words={t('common.loading')} />
      ) : isForbidden(error) ? (
        <p className="text-ink-soft">{t('sharing.elsewhere')}</p>
      ) : (
        <Failure error={error} onRetry={() => void reload()} />
      )}
      {desktop === null ? null : <SignInLink desktop={desktop} />}
      <PasswordForm />
    </div>
  );
}
