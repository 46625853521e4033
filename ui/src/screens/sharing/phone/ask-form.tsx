// The code, scanned or typed, and what this device is called.

import { useCallback, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useLoaded } from '@/parts/use-loaded';
import { useTask } from '@/parts/use-task';
import { host, HostError, type PairingAsked } from '@/platform';
import { deviceName } from './device-name';
import { leavePairing } from './pairing';
import type { Refusal } from './wait-for-yes';

interface AskFormProps {
  /** As it was scanned; empty where it is to be typed. */
  code: string;
  /** Why the last try came to nothing. */
  refusal: Refusal | null;
  onAsked: (asked: PairingAsked) => void;
}

export function AskForm({ code: scanned, refusal, onAsked }: AskFormProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [code, setCode] = useState(scanned);
  const [device, setDevice] = useState(deviceName);
  const [wrong, setWrong] = useState(false);
  const load = useCallback(async () => (await host.connection()).serverName, []);
  const { data: server } = useLoaded(load);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() === '') return;
    setWrong(false);
    void run(async () => {
      try {
        const asked = await host.browserAccount?.askPairing(code, device.trim());
        if (asked !== undefined) onAsked(asked);
      } catch (problem) {
        if (!(problem instanceof HostError) || problem.code !== 'token_refused') throw problem;
        setWrong(true);
      }
    });
  };
  return (
    <>
      <h1 className="mt-6 font-reading text-2xl font-medium text-balance">{t('sharing.phone.title', { server: server ?? 'Parlor' })}</h1>
      <p className="mt-1 text-ink-soft">{t('sharing.phone.hint')}</p>
      {refusal === null ? null : (
        <div className="mt-5">
          <Notice tone="warn" live>
            {t(`sharing.phone.${refusal}`)}
          </Notice>
        </div>
      )}
      <form onSubmit={submit} className="mt-6 flex flex-col gap-4" noValidate>
        {scanned !== '' && !wrong ? null : (
          <TextField
            label={t('sharing.phone.code')}
            hint={t('sharing.phone.codeHint')}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={20}
            placeholder="XXXX-XXXX"
            typed="font-mono tracking-wider"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            error={wrong ? t('sharing.phone.wrong') : undefined}
          />
        )}
        <TextField
          label={t('sharing.phone.device')}
          hint={t('sharing.phone.deviceHint')}
          autoComplete="off"
          maxLength={64}
          value={device}
          onChange={(event) => setDevice(event.target.value)}
        />
        {error === null ? null : (
          <Notice tone="danger" live>
            {error}
          </Notice>
        )}
        <Button tone="primary" type="submit" busy={busy} className="min-h-11 w-full">
          {t('sharing.phone.ask')}
        </Button>
      </form>
      <Button tone="quiet" className="mt-3 min-h-11 w-full" onClick={leavePairing}>
        {t('sharing.phone.leave')}
      </Button>
    </>
  );
}
