// The chat seed's ready component: what was said, the answer growing, and a field to write in. It
// brings its own few styles, so that it looks like something without any stylesheet of the page.

import { useEffect, useRef, type ReactNode } from 'react';
import type { WebSocketChatOptions } from '@parlor/client';
import { CHAT_STYLES } from './chat-styles';
import { ChatBubble } from './chat-bubble';
import { ChatField } from './chat-field';
import { LABELS, type WebSocketChatLabels } from './chat-labels';
import { useWebSocketChat, type UseWebSocketChatOptions } from './use-web-socket-chat';

export type { WebSocketChatLabels } from './chat-labels';

export interface WebSocketChatProps extends WebSocketChatOptions, Pick<UseWebSocketChatOptions, 'chatId' | 'onMessage' | 'onError'> {
  className?: string;
  /** Its words, where English ones are not wanted. */
  labels?: Partial<WebSocketChatLabels>;
}

export function WebSocketChat({ className, labels, ...options }: WebSocketChatProps): ReactNode {
  const words = { ...LABELS, ...labels };
  const chat = useWebSocketChat(options);
  const { messages, isTyping, streamingMessage, streamingAfter, connectionState } = chat;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView?.({ block: 'nearest' });
  }, [messages, streamingMessage]);
  const turns = messages.map((message) => (
    <ChatBubble key={message.id} message={message} words={words} onRetry={() => chat.service.retry(message.id)} />
  ));
  if (isTyping) {
    const at = messages.findIndex(({ id }) => id === streamingAfter) + 1;
    turns.splice(
      at,
      0,
      <article key="streaming" className="parlor-chat-assistant" aria-busy="true" aria-label={words.assistant}>
        {streamingMessage === '' ? words.typing : streamingMessage}
      </article>,
    );
  }
  return (
    <section className={`parlor-chat ${className ?? ''}`} aria-label={words.chat}>
      <style>{CHAT_STYLES}</style>
      <header>
        <h2>{chat.title === '' ? words.chat : chat.title}</h2>
        <span role="status" data-state={connectionState}>
          {words[connectionState]}
        </span>
      </header>
      <div className="parlor-chat-log" role="log" aria-label={words.messages}>
        {turns}
        <div ref={end} />
      </div>
      <ChatField words={words} isTyping={isTyping} onSend={chat.sendMessage} onStop={chat.stop} />
    </section>
  );
}
