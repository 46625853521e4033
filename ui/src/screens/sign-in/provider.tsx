// Signing in through the server's identity provider, where it has one, and why that did not work.

import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { host, providerSignInProblem } from '@/platform';
import en from '@/i18n/en.json';

type Problem = keyof typeof en.signIn.problem;

function isKnown(word: string | null): word is Problem {
  return word !== null && Object.hasOwn(en.signIn.problem, word);
}

/** In the app a sign-in by name and password is what there is. */
export function ProviderButton() {
  const { t } = useTranslation();
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    void host.browserAccount?.signInWith().then((known) => {
      if (here) setName(known);
    });
    return () => {
      here = false;
    };
  }, []);
  if (name === null) return null;
  return (
    <div className="mt-6">
      <Button
        icon={<LogIn size={16} aria-hidden />}
        className="min-h-10 w-full"
        onClick={() => host.browserAccount?.goToProvider()}
      >
        <span className="truncate">{t('signIn.with', { name })}</span>
      </Button>
      <p className="mt-5 flex items-center gap-3 text-sm text-ink-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t('signIn.or')}
      </p>
    </div>
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
