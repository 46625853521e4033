// A finished answer: plain text on the page, and how it ended if it did not end well.

import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { shortName } from '@/composer/use-model-name';
import { Time } from '@/lib/time';
import { Markdown } from '@/markdown/markdown';
import type { Message } from '@/state/types';
import { AnswerEnd } from './answer-end';
import { BranchSwitcher } from './branch-switcher';
import { CopyButton } from './copy-button';
import { Reasoning } from './reasoning';
import { RegenerateMenu } from './regenerate-menu';
import { TurnActions } from './turn-actions';

export const Answer = memo(function Answer({ message, last }: { message: Message; last: boolean }) {
  const { t } = useTranslation();
  const { content, reasoning, thoughtMs, model } = message;
  const thought =
    thoughtMs === undefined
      ? t('thread.reasoning')
      : t('thread.thoughtFor', { seconds: Math.max(1, Math.round(thoughtMs / 1000)) });

  return (
    <article aria-label={t('thread.assistant')} className="group/turn pt-1">
      {reasoning !== undefined && reasoning !== '' && (
        <Reasoning label={thought} text={reasoning} live={false} />
      )}
      {content.trim() !== '' && <Markdown text={content} />}
      <AnswerEnd message={message} last={last} />
      <TurnActions shown={last}>
        {content.trim() !== '' && <CopyButton text={content} />}
        <RegenerateMenu messageId={message.id} />
        <BranchSwitcher id={message.id} siblingIds={message.siblingIds} />
        <span className="flex gap-2 truncate px-1.5 text-xs opacity-0 transition-opacity group-focus-within/turn:opacity-100 group-hover/turn:opacity-100">
          <Time at={message.finishedAt ?? message.timestamp} />
          <span className="truncate">{model === undefined ? t('thread.guide') : shortName(model)}</span>
        </span>
      </TurnActions>
    </article>
  );
});
