// Why something failed, in the reader's words: what happened and what to do.

import i18next from 'i18next';
import en from './en.json';
import { formatDuration } from './numbers';
import { exactTime } from './relative-time';

/** Limits that begin anew at a time that is worth saying. */
const FREES_UP: ReadonlySet<string> = new Set(['daily_limit', 'monthly_limit']);

type Known = keyof typeof en.reason;
type KnownProblem = keyof typeof en.problem;

function isKnown(reason: string): reason is Known {
  return Object.hasOwn(en.reason, reason);
}

/** The key of a `problem` of the wire, which is spelt `like_this`; `null` where it has none. */
function problemKey(problem: unknown): KnownProblem | null {
  if (typeof problem !== 'string') return null;
  const key = problem.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
  return Object.hasOwn(en.problem, key) ? (key as KnownProblem) : null;
}

/** The sentence for a `reason` of the wire or a `code` of the host; newer ones get an honest general one. */
export function reasonText(reason: string | undefined): string {
  return i18next.t(`reason.${reason !== undefined && isKnown(reason) ? reason : 'unknown'}`);
}

/** The sentence for whatever a promise was rejected with: it may carry `reason` or `code`. */
export function errorText(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { reason, code, problem, retryAfter } = error as Partial<Record<'reason' | 'code' | 'problem' | 'retryAfter', unknown>>;
    if (code === 'too_many_tries' && typeof retryAfter === 'number') {
      return i18next.t('signIn.tooManyTries', { time: formatDuration(Math.max(1, Math.ceil(retryAfter / 1000))) });
    }
    const about = problemKey(problem) ?? problemKey(code);
    if (about !== null) return i18next.t(`problem.${about}`);
    if (typeof reason === 'string' && FREES_UP.has(reason) && typeof retryAfter === 'number') {
      return `${reasonText(reason)} ${i18next.t('thread.freesAt', { time: exactTime(Date.now() + retryAfter) })}`;
    }
    if (typeof reason === 'string') return reasonText(reason);
    if (typeof code === 'string') return reasonText(code);
  }
  return reasonText(undefined);
}
