// Signing in at a server from the app, in the system's browser: the button, the wait for whoever went
// there, and why it did not work.

import { ExternalLink } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/i18n/reason-text';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { host, HostError, type ServerEntry, type ServerPlace } from '@/platform';
import en from '@/i18n/en.json';

interface BrowserSignInProps {
  /** What the server's identity provider is called. */
  name: string;
  place: ServerPlace;
  onDone: (server: ServerEntry) => Promise<void>;
}

export function BrowserSignIn({ name, place, onDone }: BrowserSignInProps) {
  const { t } = useTranslation();
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const waits = useRef(false);
  const button = useRef<HTMLButtonElement>(null);

  // Whoever closes this no longer waits.
  useEffect(() => () => void (waits.current && host.desktop?.cancelBrowserSignIn()), []);

  const go = async () => {
    if (host.desktop === null) return;
    setProblem(null);
    setWaiting(true);
    waits.current = true;
    try {
      const entry = await host.desktop.signInByBrowser(place);
      waits.current = false;
      await onDone(entry);
    } catch (error) {
      waits.current = false;
      if (!(error instanceof HostError) || error.code !== 'cancelled') setProblem(error);
    }
    setWaiting(false);
  };
  const cancel = () => {
    button.current?.focus();
    void host.desktop?.cancelBrowserSignIn();
  };

  return (
    <div>
      <Button
        ref={button}
        icon={<ExternalLink size={16} aria-hidden />}
        className="min-h-10 w-full"
        busy={waiting}
        onClick={() => void go()}
      >
        <span className="truncate">{waiting ? t('signIn.browser.waiting') : t('signIn.with', { name })}</span>
      </Button>
      {waiting ? (
        <div role="status" className="mt-2 flex items-start gap-3 text-sm text-ink-soft">
          <p className="flex-1">{t('signIn.browser.hint', { name })}</p>
          <Button size="sm" tone="quiet" onClick={cancel}>
            {t('signIn.browser.stop')}
          </Button>
        </div>
      ) : null}
      {problem === null ? null : (
        <div className="mt-3">
          <Notice tone="warn" live>
            <Words problem={problem} />
          </Notice>
        </div>
      )}
    </div>
  );
}

type Own = keyof typeof en.signIn.browser.problem;
type Known = keyof typeof en.signIn.problem;

function Words({ problem }: { problem: unknown }) {
  const { t } = useTranslation();
  const code = problem instanceof HostError ? problem.code : '';
  if (Object.hasOwn(en.signIn.browser.problem, code)) return t(`signIn.browser.problem.${code as Own}`);
  if (Object.hasOwn(en.signIn.problem, code)) return t(`signIn.problem.${code as Known}`);
  return errorText(problem);
}
