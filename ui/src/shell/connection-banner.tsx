// What is wrong with the connection, what happens with what was written, and the way out: one
// line above the composer. Nothing at all while everything is well.

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { useNow } from '@/lib/use-now';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import type { ConnectionState } from '@/state/types';
import { useConnectionWord } from './use-connection-word';

/** A blink of the connection is nobody's business; after this long it is said. */
const QUIET_MS = 600;

export function ConnectionBanner() {
  const { t } = useTranslation();
  const connection = useApp((state) => state.connection);
  const server = useApp((state) => state.server?.serverName ?? 'Parlor');
  const waiting = useApp((state) => state.waiting.filter((entry) => entry.error === undefined).length);
  const problem = useApp((state) => (state.hostProblem === 'certificate_changed' ? state.hostProblem : null));
  const { kind } = connection;
  const well = kind === 'online';
  const now = useNow(500, !well);
  const [patient, setPatient] = useState(true);

  useEffect(() => {
    if (well) return;
    const timer = setTimeout(() => setPatient(false), QUIET_MS);
    return () => {
      clearTimeout(timer);
      setPatient(true);
    };
  }, [well]);

  useAnnouncedState(kind, patient);

  if (well || patient) return null;
  const seconds =
    connection.kind === 'reconnecting' ? Math.max(0, Math.ceil((connection.retryAt - now) / 1000)) : 0;
  const words = {
    connecting: t('connection.connecting'),
    reconnecting:
      seconds > 0 ? t('connection.reconnectingIn', { count: seconds }) : t('connection.reconnecting'),
    offline: t('connection.offline', { server }),
    'signed-out': t('connection.signedOut'),
    draining: t('connection.draining'),
  }[kind];
  const mayRetry = kind === 'offline' || (kind === 'reconnecting' && seconds > 0);

  return (
    <div
      className="mx-auto mb-2.5 flex w-fit max-w-full animate-rise-in flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-warn-wash px-3.5 py-2 text-sm text-warn"
    >
      <span>
        {problem === null ? words : reasonText(problem)}
        {waiting > 0 && ` ${t('connection.waiting', { count: waiting })}`}
      </span>
      {mayRetry && (
        <button
          type="button"
          className="touch-area min-h-6 font-medium underline decoration-1 underline-offset-3 hover:decoration-2"
          onClick={actions.retryNow}
        >
          {t('connection.retryNow')}
        </button>
      )}
    </div>
  );
}

/** Says once that the connection is gone, and once that it is back; a countdown is not for ears. */
function useAnnouncedState(kind: ConnectionState['kind'], patient: boolean): void {
  const { t } = useTranslation();
  const word = useConnectionWord();
  const told = useRef(false);

  useEffect(() => {
    if (kind === 'online') {
      if (told.current) actions.announce(t('connection.backOnline'));
      told.current = false;
    } else if (!patient && kind !== 'connecting') {
      told.current = true;
      actions.announce(word);
    }
  }, [kind, patient, word, t]);
}
