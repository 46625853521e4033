// Another server, by its address and a sign-in: by name and password, by a code that the other computer
// shows, or in the system's browser where the server has an identity provider. Its token stays with the
// host; the window never sees it.

import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import type { ServerEntry } from '@/platform';
import { BrowserSignIn } from '@/screens/sign-in/browser-sign-in';
import { OrLine } from '@/screens/sign-in/provider';
import { CertificateQuestion } from '@/servers/certificate-question';
import { PairingWait } from './pairing-wait';
import { isAddress } from './presets';
import { useServerForm } from './use-server-form';

interface ServerFormProps {
  onDone: (server: ServerEntry) => Promise<void>;
  onCancel?: () => void;
}

export function ServerForm({ onDone, onCancel }: ServerFormProps) {
  const { t } = useTranslation();
  const form = useServerForm(onDone);
  const { way, tried, inQuestion, provider } = form;
  const { address, name, password, code } = form.fields;
  const missing = (value: string) => (tried && value === '' ? t('common.required') : undefined);
  const plain = /^http:\/\/(?!127\.|localhost|\[::1\])/i.test(address);
  const byCode = way === 'code';

  if (form.asked !== null) {
    return <PairingWait asked={form.asked} onYes={form.letIn} onNo={form.refused} onCancel={form.cancel} />;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
      className="flex flex-col gap-5"
      noValidate
    >
      <TextField
        label={t('server.address')}
        hint={t('server.addressHint')}
        type="url"
        inputMode="url"
        autoComplete="url"
        spellCheck={false}
        value={address}
        onChange={(event) => form.retype(event.target.value)}
        error={tried && !isAddress(address) ? t('provider.addressBad') : undefined}
      />
      {plain ? <Notice tone="warn">{t('server.plainWarning')}</Notice> : null}
      {byCode ? (
        <TextField
          label={t('sharing.phone.code')}
          hint={t('server.codeHint')}
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={20}
          placeholder="XXXX-XXXX"
          typed="font-mono tracking-wider"
          value={code}
          onChange={(event) => form.set({ code: event.target.value })}
          error={form.wrongCode ? t('sharing.phone.wrong') : missing(code)}
        />
      ) : (
        <>
          <TextField
            label={t('server.userName')}
            autoComplete="username"
            spellCheck={false}
            value={name}
            onChange={(event) => form.set({ name: event.target.value })}
            error={missing(name)}
          />
          <TextField
            label={t('server.password')}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => form.set({ password: event.target.value })}
            error={missing(password)}
          />
        </>
      )}
      {form.refusal === null ? null : (
        <Notice tone="warn" live>
          {t(`sharing.phone.${form.refusal}`)}
        </Notice>
      )}
      {form.error === null ? null : (
        <Notice tone="danger" live>
          {t('server.failed', { reason: form.error })}
        </Notice>
      )}
      {inQuestion === null ? null : <CertificateQuestion fingerprint={inQuestion} onTrust={() => form.trust(inQuestion)} />}
      <div className="flex flex-wrap gap-2 max-sm:*:grow">
        <Button tone="primary" type="submit" busy={form.busy}>
          {byCode ? t('sharing.phone.ask') : form.busy ? t('server.signingIn') : t('server.signIn')}
        </Button>
        {onCancel === undefined ? null : (
          <Button tone="quiet" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        )}
        <Button tone="quiet" className="sm:ml-auto" onClick={() => form.choose(byCode ? 'password' : 'code')}>
          {byCode ? t('server.havePassword') : t('server.haveCode')}
        </Button>
      </div>
      {provider === null ? null : (
        <>
          <OrLine />
          <BrowserSignIn key={address} name={provider} place={form.place} onDone={onDone} />
        </>
      )}
    </form>
  );
}
