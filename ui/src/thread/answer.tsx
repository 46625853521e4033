// An answer, from the first thought to its end. It is one component all the way, so that nothing
// on the page is made anew, or flickers, in the moment when the last word has come. Only while it
// is being written does it listen to the running text.

import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/use-now';
import { Markdown } from '@/markdown/markdown';
import { useRunningText } from '@/state/running-text';
import type { Message, Running } from '@/state/types';
import { AnswerActions } from './answer-actions';
import { AnswerEnd } from './answer-end';
import { BranchSwitcher } from './branch-switcher';
import { Reasoning } from './reasoning';
import { TurnActions } from './turn-actions';

/** Counting begins when waiting becomes noticeable. */
const COUNT_FROM_S = 2;

interface Props {
  message: Message | null;
  running: Running | null;
  last: boolean;
}

export const Answer = memo(function Answer({ message, running, last }: Props) {
  const { t } = useTranslation();
  const live = useRunningText(running?.id ?? null);
  const text = message?.content ?? live.text;
  const reasoning = message?.reasoning ?? live.reasoning;
  const thinking = running !== null && text === '';
  const label = useThoughtLabel(message, running, live.firstTextAt, thinking);

  return (
    <article
      aria-label={t('thread.assistant')}
      aria-busy={running !== null || undefined}
      className="group/turn pt-1"
    >
      {reasoning !== '' ? (
        <Reasoning label={label} text={reasoning} live={thinking} />
      ) : (
        thinking && <p className="min-h-7 w-fit animate-pulse-quiet text-sm text-ink-soft">{label}</p>
      )}
      {text.trim() !== '' && <Markdown text={text} streaming={running !== null} />}
      {message !== null && <AnswerEnd message={message} last={last} />}
      {message !== null ? <AnswerActions message={message} last={last} /> : <RunningActions running={running} />}
    </article>
  );
});

/** The other versions can be read while this one is being written. */
function RunningActions({ running }: { running: Running | null }) {
  if (running === null || running.siblingIds.length < 2) return <div className="h-7 pointer-coarse:h-touch" />;
  return (
    <TurnActions shown>
      <BranchSwitcher id={running.id} siblingIds={running.siblingIds} />
    </TurnActions>
  );
}

/** "Thinking… 4 s", then "Thought for 4 s"; just "Reasoning" where nobody here saw it happen. */
function useThoughtLabel(
  message: Message | null,
  running: Running | null,
  firstTextAt: number | null,
  thinking: boolean,
): string {
  const { t } = useTranslation();
  const now = useNow(1000, thinking);
  if (running === null) {
    const took = message?.thoughtMs;
    return took === undefined
      ? t('thread.reasoning')
      : t('thread.thoughtFor', { seconds: Math.max(1, Math.round(took / 1000)) });
  }
  const seconds = Math.max(0, Math.round(((firstTextAt ?? now) - running.startedAt) / 1000));
  if (!thinking) return t('thread.thoughtFor', { seconds: Math.max(1, seconds) });
  return seconds >= COUNT_FROM_S ? t('thread.thinkingFor', { seconds }) : t('thread.thinking');
}
