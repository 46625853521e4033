// Somebody was invited: who asks them in, and the name and password that make them at home.

import { Eye, EyeOff } from 'lucide-react';
import { useCallback, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { exactTime } from '@/i18n/relative-time';
import { Mark } from '@/lib/mark';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { TextField } from '@/parts/field';
import { IconButton } from '@/parts/icon-button';
import { Notice } from '@/parts/notice';
import { useLoaded } from '@/parts/use-loaded';
import { useTask } from '@/parts/use-task';
import { host, HostError, type InvitationOffer } from '@/platform';
import { actions } from '@/state/actions';

const SHORTEST = 8;
/** What the server says of a code that is none, or no longer one. */
const VOID = new Set(['token_refused', 'not_found']);

export default function Join({ code }: { code: string }) {
  const { t } = useTranslation();
  const look = useCallback(async () => host.browserAccount?.look(code) ?? null, [code]);
  const { data: offer, error, reload } = useLoaded<InvitationOffer | null>(look);
  const [gone, setGone] = useState(false);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-paper px-5 py-10">
      <div className="w-full max-w-sm">
        <Mark className="size-11" />
        {gone || isVoid(error) ? (
          <>
            <h1 className="mt-6 font-reading text-2xl font-medium text-balance">{t('join.void')}</h1>
            <p className="mt-1 text-ink-soft">{t('join.voidHint')}</p>
            <Button className="mt-6 min-h-10" onClick={actions.leaveInvitation}>
              {host.browserAccount?.signedIn === true ? t('admin.toChats') : t('join.toSignIn')}
            </Button>
          </>
        ) : offer !== null ? (
          <Offered code={code} offer={offer} onVoid={() => setGone(true)} />
        ) : (
          <div className="mt-6">
            {error === null ? <Busy words={t('common.loading')} /> : <Failure error={error} onRetry={() => void reload()} />}
          </div>
        )}
      </div>
    </main>
  );
}

const isVoid = (error: unknown): boolean => error instanceof HostError && VOID.has(error.code);

interface OfferedProps {
  code: string;
  offer: InvitationOffer;
  /** Somebody else was quicker, or it was taken back. */
  onVoid: () => void;
}

function Offered({ code, offer, onVoid }: OfferedProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const short = password.length < SHORTEST;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || short) return;
    void run(() =>
      actions.acceptInvitation(code, name.trim(), password).catch((problem: unknown) => {
        if (!isVoid(problem)) throw problem;
        onVoid();
      }),
    );
  };
  return (
    <>
      <h1 className="mt-6 font-reading text-2xl font-medium text-balance">{t('join.title', { server: offer.host })}</h1>
      <p className="mt-1 text-ink-soft">
        {offer.role === 'member' ? t('join.invited', { name: offer.invitedBy }) : t(`join.invitedAs.${offer.role === 'owner' ? 'owner' : 'admin'}`, { name: offer.invitedBy })}
      </p>
      <form onSubmit={submit} className="mt-6 flex flex-col gap-4" noValidate>
        <TextField
          label={t('join.name')}
          hint={t('join.nameHint')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={tried && name.trim() === '' ? t('common.required') : undefined}
        />
        <TextField
          label={t('join.password')}
          hint={t('join.passwordHint')}
          name="password"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={tried && short ? t('problem.passwordTooShort') : undefined}
          end={
            <IconButton label={shown ? t('common.hide') : t('signIn.showPassword')} onClick={() => setShown(!shown)}>
              {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
            </IconButton>
          }
        />
        {error === null ? null : (
          <Notice tone="danger" live>
            {error}
          </Notice>
        )}
        <Button tone="primary" type="submit" busy={busy} className="min-h-10 w-full">
          {busy ? t('join.joining') : t('join.join')}
        </Button>
        <p className="text-sm text-ink-faint">{t('join.until', { time: exactTime(offer.expiresAt) })}</p>
      </form>
      <Button tone="quiet" className="mt-4 min-h-10 w-full" onClick={actions.leaveInvitation}>
        {host.browserAccount?.signedIn === true ? t('join.stay') : t('join.haveAccount')}
      </Button>
    </>
  );
}
