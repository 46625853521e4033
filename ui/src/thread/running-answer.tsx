// The answer being written. The only row that renders while tokens arrive.

import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/use-now';
import { Markdown } from '@/markdown/markdown';
import { useRunningText } from '@/state/running-text';
import type { Running } from '@/state/types';
import { Reasoning } from './reasoning';

/** Counting begins when waiting becomes noticeable. */
const COUNT_FROM_S = 2;

export function RunningAnswer({ running }: { running: Running }) {
  const { t } = useTranslation();
  const { messageId, text, reasoning, firstTextAt } = useRunningText();
  const mine = messageId === running.id;
  const thinking = !mine || text === '';
  const now = useNow(1000, thinking);
  const seconds = Math.max(0, Math.floor(((firstTextAt ?? now) - running.startedAt) / 1000));
  const label = !thinking
    ? t('thread.thoughtFor', { seconds: Math.max(1, seconds) })
    : seconds >= COUNT_FROM_S
      ? t('thread.thinkingFor', { seconds })
      : t('thread.thinking');

  return (
    <article aria-label={t('thread.assistant')} aria-busy="true" className="pt-1 pb-8">
      {mine && reasoning !== '' ? (
        <Reasoning label={label} text={reasoning} live={thinking} />
      ) : (
        thinking && <p className="min-h-6 w-fit animate-pulse-quiet text-sm text-ink-soft">{label}</p>
      )}
      {!thinking && <Markdown text={text} streaming />}
    </article>
  );
}
