// What can be done with a finished answer, when it came, and who gave it.

import { useTranslation } from 'react-i18next';
import { shortName } from '@/composer/use-model-name';
import { Time } from '@/lib/time';
import type { Message } from '@/state/types';
import { BranchButton } from './branch-button';
import { BranchSwitcher } from './branch-switcher';
import { CopyButton } from './copy-button';
import { RegenerateMenu } from './regenerate-menu';
import { TurnActions } from './turn-actions';

export function AnswerActions({ message, last }: { message: Message; last: boolean }) {
  const { t } = useTranslation();
  const { id, content, siblingIds, model, status } = message;
  // Only the guide answers without a model; what failed early had no time to name one.
  const speaker = model !== undefined ? shortName(model) : status === 'failed' ? null : t('thread.guide');
  return (
    <TurnActions shown={last || siblingIds.length > 1}>
      {content.trim() !== '' && <CopyButton text={content} />}
      <RegenerateMenu messageId={id} />
      <BranchButton messageId={id} />
      <BranchSwitcher id={id} siblingIds={siblingIds} />
      <span className="flex gap-2 truncate px-1.5 text-xs opacity-0 transition-opacity group-focus-within/turn:opacity-100 group-hover/turn:opacity-100">
        <Time at={message.finishedAt ?? message.timestamp} />
        {speaker !== null && <span className="truncate">{speaker}</span>}
      </span>
    </TurnActions>
  );
}
