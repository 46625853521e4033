// Signing in: in a browser, or in the app at a remote server that ended our sign-in. It says why it is here when there is a reason: a link that was used
// up, an account signed out, a token that is no longer taken.

import { Eye, EyeOff } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/lib/mark';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { IconButton } from '@/parts/icon-button';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { host, HostError, providerSignInProblem, signInLinkProblem } from '@/platform';
import { ProviderButton, ProviderProblem } from './provider';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { bringCode } from '../sharing/phone/pairing';

/** Here these mean a wrong name or password, not that one was signed in before. */
const WRONG = new Set(['sign_in_refused', 'token_refused', 'sign_in_required', 'forbidden', 'not_found']);

export default function SignIn() {
  const { t } = useTranslation();
  const task = useTask();
  const server = useApp((state) => state.server?.serverName);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [wrong, setWrong] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name === '' || password === '') return;
    setWrong(false);
    void task.run(async () => {
      try {
        await actions.signIn(name, password);
      } catch (error) {
        if (!(error instanceof HostError) || !WRONG.has(error.code)) throw error;
        setWrong(true);
      }
    });
  };

  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-paper px-5 py-10">
      <div className="w-full max-w-sm">
        <Mark className="size-11" />
        <h1 className="mt-6 font-reading text-2xl font-medium text-balance">
          {server === undefined ? t('signIn.title') : t('signIn.titleAt', { server })}
        </h1>
        <p className="mt-1 text-ink-soft">{t('signIn.hint')}</p>
        <Why />
        <ProviderButton />
        <form onSubmit={submit} className="mt-6 flex flex-col gap-4">
          <TextField
            label={t('signIn.name')}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label={t('signIn.password')}
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={wrong ? t('signIn.wrong') : undefined}
            end={
              <IconButton label={shown ? t('common.hide') : t('signIn.showPassword')} onClick={() => setShown(!shown)}>
                {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
              </IconButton>
            }
          />
          {task.error === null ? null : (
            <Notice tone="danger" live>
              {task.error}
            </Notice>
          )}
          <Button tone="primary" type="submit" busy={task.busy} className="min-h-10 w-full">
            {task.busy ? t('signIn.submitting') : t('signIn.submit')}
          </Button>
        </form>
        {host.desktop === null ? null : (
          <Button
            tone="quiet"
            className="mt-3 min-h-10 w-full"
            onClick={() =>
              void task.run(async () => {
                await host.desktop?.useServer('local');
                await actions.reconnectToHost();
              })
            }
          >
            {t('settings.servers.useLabel', { name: t('sidebar.thisComputer') })}
          </Button>
        )}
        {host.browserAccount === null ? null : (
          <Button tone="quiet" className="mt-3 min-h-10 w-full" onClick={bringCode}>
            {t('sharing.phone.haveCode')}
          </Button>
        )}
        <details className="group mt-6 text-ink-soft">
          <summary className="touch-area inline-block rounded-xs py-0.5 text-accent underline-offset-3 hover:underline">
            {t('signIn.noPassword')}
          </summary>
          <p className="mt-1.5 text-sm">{t('signIn.noPasswordHint')}</p>
        </details>
      </div>
    </main>
  );
}

function Why() {
  const { t } = useTranslation();
  const connection = useApp((state) => state.connection);
  const problem = signInLinkProblem();
  if (problem !== null) {
    return (
      <div className="mt-5">
        <Notice tone="warn" live>
          {problem.code === 'unreachable' || problem.code === 'no_connection' ? (
            t('signIn.unreachable')
          ) : (
            <>
              <strong className="block font-semibold">{t('signIn.linkExpired')}</strong>
              {t('signIn.linkExpiredHint')}
            </>
          )}
        </Notice>
      </div>
    );
  }
  if (providerSignInProblem() !== null) return <ProviderProblem />;
  if (connection.kind !== 'signed-out' || connection.reason === 'no-account') return null;
  return (
    <div className="mt-5">
      <Notice tone={connection.reason === 'signed-out' ? 'good' : 'warn'} live>
        {t(`signIn.because.${connection.reason}`)}
      </Notice>
    </div>
  );
}
