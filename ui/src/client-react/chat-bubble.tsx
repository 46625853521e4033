// One message of the ready chat component. Its text is shown as it is: no markup is interpreted.

import type { ReactNode } from 'react';
import type { ChatMessage } from '@parlor/client';
import type { WebSocketChatLabels } from './chat-labels';

interface Props {
  message: ChatMessage;
  words: WebSocketChatLabels;
  onRetry(): void;
}

export function ChatBubble({ message, words, onRetry }: Props): ReactNode {
  const { role, content, status, error } = message;
  const note = status === 'queued' || status === 'refused' || status === 'failed' || status === 'stopped' ? words[status] : null;
  return (
    <article className={`parlor-chat-${role}`} aria-label={role === 'user' ? words.you : words.assistant}>
      {content}
      {note !== null && (
        <small>
          {error === undefined ? note : `${note}: ${error}`}
          {status === 'refused' && (
            <button type="button" onClick={onRetry}>
              {words.retry}
            </button>
          )}
        </small>
      )}
    </article>
  );
}
