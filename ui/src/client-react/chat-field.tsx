// Where one writes in the ready chat component: Enter sends, Shift and Enter begins a line.

import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { WebSocketChatLabels } from './chat-labels';

interface Props {
  words: WebSocketChatLabels;
  isTyping: boolean;
  onSend(text: string): void;
  onStop(): void;
}

export function ChatField({ words, isTyping, onSend, onStop }: Props): ReactNode {
  const [text, setText] = useState('');
  const send = () => {
    if (text.trim() === '') return;
    onSend(text.trim());
    setText('');
  };
  const press = (event: KeyboardEvent) => {
    // While a word is composed (Chinese, Japanese), Enter belongs to the composing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label={words.field}
        placeholder={words.field}
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
      />
      {isTyping && (
        <button type="button" onClick={onStop}>
          {words.stop}
        </button>
      )}
      <button type="submit" disabled={text.trim() === ''}>
        {words.send}
      </button>
    </form>
  );
}
