// Asks the server what a long message would cost, once one pauses in writing it. Only its length
// is sent.

import { useEffect, useState } from 'react';
import type { Estimate } from '@/generated/wire';
import { useApp } from '@/state/app-store';
import { session } from '@/state/current-session';

/** Some two pages: what is shorter is not worth a question. */
const LONG_BYTES = 4_000;
const PAUSE_MS = 500;

const encoder = new TextEncoder();

/** `null` while the message is short, or nobody can say. */
export function useEstimate(chatId: string | null, text: string): Estimate | null {
  const online = useApp((state) => state.connection.kind === 'online');
  const known = useApp((state) => chatId !== null && state.localChats[chatId] === undefined);
  const [estimate, setEstimate] = useState<{ chatId: string | null; told: Estimate } | null>(null);
  // A character is at most three bytes of each of its units: a short text is not even encoded.
  const bytes = text.length * 3 < LONG_BYTES ? 0 : encoder.encode(text).length;
  const long = online && bytes >= LONG_BYTES;

  useEffect(() => {
    if (!long) return;
    let stale = false;
    const ask = () => {
      const data = known && chatId !== null ? { bytes, chatId } : { bytes };
      session()
        .requests.ask('estimate', data, 'estimate')
        // An older server does not know the question; the message can be sent all the same.
        .then((told) => !stale && setEstimate({ chatId, told }), () => !stale && setEstimate(null));
    };
    const timer = setTimeout(ask, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [bytes, long, known, chatId]);

  // While one goes on writing, the last answer stands; it says nothing of another chat.
  return long && estimate?.chatId === chatId ? estimate.told : null;
}
