// Why something failed, in the reader's words: what happened and what to do.

import i18next from 'i18next';
import en from './en.json';
import { formatDuration } from './numbers';

type Known = keyof typeof en.reason;

function isKnown(reason: string): reason is Known {
  return Object.hasOwn(en.reason, reason);
}

/** The sentence for a `reason` of the wire or a `code` of the host; newer ones get an honest general one. */
export function reasonText(reason: string | undefined): string {
  return i18next.t(`reason.${reason !== undefined && isKnown(reason) ? reason : 'unknown'}`);
}

/** The sentence for whatever a promise was rejected with: it may carry `reason` or `code`. */
export function errorText(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { reason, code, retryAfter } = error as { reason?: unknown; code?: unknown; retryAfter?: unknown };
    if (code === 'too_many_tries' && typeof retryAfter === 'number') {
      return i18next.t('signIn.tooManyTries', { time: formatDuration(Math.max(1, Math.ceil(retryAfter / 1000))) });
    }
    if (typeof reason === 'string') return reasonText(reason);
    if (typeof code === 'string') return reasonText(code);
  }
  return reasonText(undefined);
}
