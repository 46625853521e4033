// Parlor from other devices: open to the network, a sign-in link, a password.

import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Notice } from '@/parts/notice';
import { Switch } from '@/parts/switch';
import { useTask } from '@/parts/use-task';
import { host, type Desktop, type LanState } from '@/platform';
import { useApp } from '@/state/app-store';
import { CopyLine } from './copy-line';
import { PasswordForm } from './password-form';
import { SignInLink } from './sign-in-link';

export function Sharing() {
  const { t } = useTranslation();
  const server = useApp((state) => state.server);
  const [turns, setTurns] = useState(0);
  return (
    <div className="flex max-w-lg flex-col gap-8">
      {host.desktop !== null && server?.remote === true ? (
        <p className="text-ink-soft">{t('settings.network.remoteHint', { server: server.serverName })}</p>
      ) : null}
      {host.desktop === null ? null : (
        <>
          <Lan desktop={host.desktop} onTurned={() => setTurns(turns + 1)} />
          {/* A link names the address that was open when it was made. */}
          <SignInLink key={turns} desktop={host.desktop} />
        </>
      )}
      <PasswordForm />
    </div>
  );
}

function Lan({ desktop, onTurned }: { desktop: Desktop; onTurned: () => void }) {
  const { t } = useTranslation();
  const [lan, setLan] = useState<LanState | null>(null);
  const { run, busy, error } = useTask();
  useEffect(() => void run(async () => setLan(await desktop.lan())), [run, desktop]);
  if (lan === null) {
    return error === null ? (
      <Busy words={t('common.loading')} />
    ) : (
      <Notice tone="danger" live>
        {error}
      </Notice>
    );
  }
  return (
    <section className="flex flex-col gap-4" aria-label={t('settings.network.lan')}>
      <Switch
        label={t('settings.network.lan')}
        hint={t('settings.network.lanHint')}
        checked={lan.open}
        disabled={busy}
        onCheckedChange={(open) =>
          void run(async () => {
            setLan(await desktop.setLan(open));
            onTurned();
          })
        }
      />
      <Notice tone="warn">{t('settings.network.plainWarning')}</Notice>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      {lan.open ? (
        <div>
          <p className="mb-1 font-medium">{t('settings.network.addresses')}</p>
          {lan.addresses.length === 0 ? (
            <p className="text-sm text-ink-soft">{t('settings.network.noAddress')}</p>
          ) : (
            <ul className="flex flex-col gap-1.5">
              {lan.addresses.map((address) => (
                <li key={address}>
                  <CopyLine text={address} label={t('settings.network.copyAddress', { address })} />
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
    </section>
  );
}
