// Signing in through the server's identity provider, where it has one, and why that did not work. A
// browser goes there itself; the app goes in the system's browser, and waits.

import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { host, providerSignInProblem, type Desktop, type ServerPlace } from '@/platform';
import { actions } from '@/state/actions';
import en from '@/i18n/en.json';
import { BrowserSignIn } from './browser-sign-in';

type Problem = keyof typeof en.signIn.problem;

function isKnown(word: string | null): word is Problem {
  return word !== null && Object.hasOwn(en.signIn.problem, word);
}

interface Provider {
  name: string;
  /** Where the app signs in; `null` in a browser, which is there. */
  place: ServerPlace | null;
}

/** The provider of the server that asks for a sign-in. */
async function find(): Promise<Provider | null> {
  if (host.desktop !== null) return findFor(host.desktop);
  const name = (await host.browserAccount?.signInWith()) ?? null;
  return name === null ? null : { name, place: null };
}

async function findFor(desktop: Desktop): Promise<Provider | null> {
  const shown = (await desktop.servers()).find(({ active }) => active);
  if (shown === undefined || shown.address === '') return null;
  const { address, certificate } = shown;
  const place = { address, ...(certificate !== undefined && { certificate }) };
  const { signInWith } = await desktop.lookAtServer(place);
  return signInWith === null ? null : { name: signInWith, place };
}

export function ProviderButton() {
  const { t } = useTranslation();
  const [provider, setProvider] = useState<Provider | null>(null);
  useEffect(() => {
    let here = true;
    find().then(
      (known) => here && setProvider(known),
      // A server that does not answer says so when somebody signs in by name.
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, []);
  if (provider === null) return null;
  const { name, place } = provider;
  return (
    <div className="mt-6">
      {place === null ? (
        <Button
          icon={<LogIn size={16} aria-hidden />}
          className="min-h-10 w-full"
          onClick={() => host.browserAccount?.goToProvider()}
        >
          <span className="truncate">{t('signIn.with', { name })}</span>
        </Button>
      ) : (
        <BrowserSignIn name={name} place={place} onDone={() => actions.reconnectToHost()} />
      )}
      <div className="mt-5">
        <OrLine />
      </div>
    </div>
  );
}

/** Between two ways of signing in. */
export function OrLine() {
  const { t } = useTranslation();
  return (
    <p className="flex items-center gap-3 text-sm text-ink-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {t('signIn.or')}
    </p>
  );
}

export function ProviderProblem() {
  const { t } = useTranslation();
  const word = providerSignInProblem();
  return (
    <div className="mt-5">
      <Notice tone="warn" live>
        {t(`signIn.problem.${isKnown(word) ? word : 'server_trouble'}`)}
      </Notice>
    </div>
  );
}
