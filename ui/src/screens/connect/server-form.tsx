// Another server, by its address and a sign-in: by name and password, or in the system's browser where
// the server has an identity provider. Its token stays with the host; the window never sees it.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { host, HostError, type ServerEntry } from '@/platform';
import { BrowserSignIn } from '@/screens/sign-in/browser-sign-in';
import { OrLine } from '@/screens/sign-in/provider';
import { CertificateQuestion } from '@/servers/certificate-question';
import { isAddress } from './presets';
import { useGreeting } from './use-greeting';

interface ServerFormProps {
  onDone: (server: ServerEntry) => Promise<void>;
  onCancel?: () => void;
}

export function ServerForm({ onDone, onCancel }: ServerFormProps) {
  const { t } = useTranslation();
  const task = useTask();
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  /** A certificate that nobody vouches for, until the person has compared it. */
  const [strange, setStrange] = useState<string | null>(null);
  const [trusted, setTrusted] = useState<string | null>(null);
  const seen = useGreeting(address, trusted);
  const inQuestion = strange ?? (trusted === null ? seen.strange : null);
  const provider = seen.greeting?.signInWith ?? null;
  const missing = (value: string) => (tried && value === '' ? t('common.required') : undefined);
  const plain = /^http:\/\/(?!127\.|localhost|\[::1\])/i.test(address);

  const placeBy = (certificate: string | null) => ({
    address: address.trim(),
    ...(certificate !== null && { certificate }),
  });
  const signIn = (certificate: string | null) =>
    void task.run(async () => {
      setStrange(null);
      try {
        const entry = await host.desktop?.signInServer({ ...placeBy(certificate), name, password });
        setPassword('');
        if (entry) await onDone(entry);
      } catch (error) {
        if (!(error instanceof HostError) || error.code !== 'certificate_unknown') throw error;
        setStrange(error.fingerprint ?? null);
      }
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isAddress(address) || name === '' || password === '') return;
    signIn(trusted);
  };
  const trust = (certificate: string) => {
    setTrusted(certificate);
    setStrange(null);
    // Whoever has filled in the rest meant to sign in; else the server is asked how one does that.
    if (name !== '' && password !== '') signIn(certificate);
  };
  const retype = (text: string) => {
    setAddress(text);
    setStrange(null);
    setTrusted(null);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5" noValidate>
      <TextField
        label={t('server.address')}
        hint={t('server.addressHint')}
        type="url"
        inputMode="url"
        autoComplete="url"
        spellCheck={false}
        value={address}
        onChange={(event) => retype(event.target.value)}
        error={tried && !isAddress(address) ? t('provider.addressBad') : undefined}
      />
      {plain ? <Notice tone="warn">{t('server.plainWarning')}</Notice> : null}
      <TextField
        label={t('server.userName')}
        autoComplete="username"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={missing(name)}
      />
      <TextField
        label={t('server.password')}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={missing(password)}
      />
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {t('server.failed', { reason: task.error })}
        </Notice>
      )}
      {inQuestion === null ? null : <CertificateQuestion fingerprint={inQuestion} onTrust={() => trust(inQuestion)} />}
      <div className="flex flex-wrap gap-2">
        <Button tone="primary" type="submit" busy={task.busy}>
          {task.busy ? t('server.signingIn') : t('server.signIn')}
        </Button>
        {onCancel === undefined ? null : (
          <Button tone="quiet" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        )}
      </div>
      {provider === null ? null : (
        <>
          <OrLine />
          <BrowserSignIn key={address} name={provider} place={placeBy(trusted)} onDone={onDone} />
        </>
      )}
    </form>
  );
}
