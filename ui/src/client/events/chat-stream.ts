// The talk of a service as a page shows it: what was said, and the answer growing in it.

import { newest } from '../chat/newest';
import { Emitter } from '../emitter';
import type { ConversationMessage } from './conversations';
import type { WebSocketService } from './web-socket-service';
import type { MessageContext } from './wire';

export interface StreamMessage extends ConversationMessage {
  isStreaming: boolean;
  /** It was refused, or failed for good. */
  error?: { code: string; message: string };
}

export interface ChatStreamSnapshot {
  messages: readonly StreamMessage[];
  isAIThinking: boolean;
  isAIStreaming: boolean;
}

export class ChatStream {
  readonly #service: WebSocketService;
  readonly #changes = new Emitter<void>();
  readonly #stops: (() => void)[];
  #snapshot: ChatStreamSnapshot = { messages: [], isAIThinking: false, isAIStreaming: false };

  constructor(service: WebSocketService) {
    this.#service = service;
    this.#stops = [
      service.on('AI_THINKING', () => this.#set({ isAIThinking: true })),
      service.on('AI_MESSAGE_START', ({ messageId }) => this.#began(messageId)),
      service.on('AI_MESSAGE_CHUNK', ({ messageId, content }) =>
        this.#update(messageId, (message) => ({ content: message.content + content })),
      ),
      service.on('AI_MESSAGE_END', ({ messageId, content }) =>
        this.#update(messageId, () => ({ content, isStreaming: false })),
      ),
      service.on('ERROR', ({ code, message, messageId, willRetry }, event) => {
        if (willRetry === true || event === undefined) return;
        const error = { code, message };
        this.#set({ isAIThinking: false });
        this.#update(messageId ?? event.metadata?.requestId ?? '', () => ({ isStreaming: false, error }));
      }),
    ];
  }

  readonly snapshot = (): ChatStreamSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => this.#changes.on(listener);

  /** Shown at once, sent now or when the line is back; gives its id. */
  readonly send = (content: string, context?: MessageContext): string => {
    const id = this.#service.sendMessage(content, context);
    this.#add({ id, role: 'user', content, timestamp: new Date(), isStreaming: false });
    return id;
  };

  /** Stops the answer being written, or what is being thought about. */
  readonly stop = (): void => {
    const running = this.#snapshot.messages.findLast(({ isStreaming }) => isStreaming);
    this.#service.stopGeneration(running?.id);
    this.#set({ isAIThinking: false });
  };

  readonly clear = (): void => this.#set({ messages: [], isAIThinking: false });

  /** Hears no more. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  #began(id: string): void {
    const message: StreamMessage = { id, role: 'assistant', content: '', timestamp: new Date(), isStreaming: true };
    this.#set({ isAIThinking: false });
    this.#add(message);
  }

  #add(message: StreamMessage): void {
    const others = this.#snapshot.messages.filter(({ id }) => id !== message.id);
    this.#set({ messages: newest([...others, message]) });
  }

  #update(id: string, change: (message: StreamMessage) => Partial<StreamMessage>): void {
    const { messages } = this.#snapshot;
    const at = messages.findLastIndex((message) => message.id === id);
    const message = messages[at];
    if (message !== undefined) this.#set({ messages: messages.with(at, { ...message, ...change(message) }) });
  }

  #set(change: Partial<ChatStreamSnapshot>): void {
    const next = { ...this.#snapshot, ...change };
    this.#snapshot = { ...next, isAIStreaming: next.messages.some(({ isStreaming }) => isStreaming) };
    this.#changes.emit();
  }
}

const streams = new WeakMap<WebSocketService, ChatStream>();

/** The one talk of a service, so that all who show it show the same. */
export function chatStreamOf(service: WebSocketService): ChatStream {
  let stream = streams.get(service);
  if (stream === undefined) {
    stream = new ChatStream(service);
    streams.set(service, stream);
  }
  return stream;
}
