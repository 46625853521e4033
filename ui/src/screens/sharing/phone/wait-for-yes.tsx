// The wait for the yes at the computer: the number that both show, and how long it may take.

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/use-now';
import { Busy } from '@/parts/busy';
import { HostError, type PairingNumber } from '@/platform';

/** Why it came to nothing. */
export type Refusal = 'refused' | 'over';

const RETRY_AFTER_MS = 1500;
const UNAUTHORIZED = 401;
/** How long after its end a question is still asked about where the line breaks. */
const GRACE_MS = 30_000;
/** What the app's host says where there is no more to wait for, or nothing that waiting mends. */
const OVER = new Set(['device_refused', 'pairing_over', 'certificate_changed', 'store_failed', 'server_failed']);

interface WaitForYesProps {
  asked: PairingNumber;
  /** The level of the title, by what stands above it. */
  heading?: 'h1' | 'h3';
  /** Waits a while for the answer and signs in here; false while there is none. */
  claim: () => Promise<boolean>;
  onYes: () => void;
  onNo: (error: unknown) => void;
}

export function WaitForYes({ asked, heading: Heading = 'h1', claim, onYes, onNo }: WaitForYesProps) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const left = Math.max(0, Math.ceil((Date.parse(asked.expiresAt) - now) / 1000));
  const tell = useRef({ claim, onYes, onNo });
  useEffect(() => {
    tell.current = { claim, onYes, onNo };
  });
  const number = useRef<HTMLParagraphElement>(null);
  // The button that asked is gone: whoever listens hears the number next.
  useEffect(() => number.current?.focus(), [asked]);
  useEffect(() => {
    let shown = true;
    const wait = async () => {
      // Not at once: an effect that is taken back in the same turn asks nothing.
      await Promise.resolve();
      while (shown) {
        try {
          if (await tell.current.claim()) {
            if (shown) tell.current.onYes();
            return;
          }
        } catch (error) {
          const late = Date.now() > Date.parse(asked.expiresAt) + GRACE_MS;
          const over = error instanceof HostError && (error.status === UNAUTHORIZED || OVER.has(error.code));
          if (over || late) {
            if (shown) tell.current.onNo(error);
            return;
          }
          // The line broke, or the server is busy: the question stands.
          await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
        }
      }
    };
    void wait();
    return () => {
      shown = false;
    };
  }, [asked]);
  return (
    <>
      <Heading className={`font-reading font-medium text-balance ${Heading === 'h1' ? 'mt-6 text-2xl' : 'text-xl'}`}>{t('sharing.phone.waitTitle')}</Heading>
      <p className="mt-1 text-ink-soft">{t('sharing.phone.waitHint')}</p>
      <p ref={number} tabIndex={-1} className="mt-6 rounded-lg bg-wash px-4 py-5 text-center">
        <span className="block text-sm text-ink-soft">{t('sharing.phone.number')}</span>
        <span className="mt-1 block font-mono text-2xl font-semibold tracking-[0.25em]">{asked.number}</span>
      </p>
      <div className="mt-5 flex items-center justify-between text-sm text-ink-soft">
        <Busy atOnce words={t('sharing.phone.waiting')} />
        <span role="timer" className="tabular-nums">
          {`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`}
        </span>
      </div>
    </>
  );
}
