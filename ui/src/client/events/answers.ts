// The answers being written, as this client has them: so that after a broken line exactly the rest
// is asked for, and nobody who listens hears a piece twice or an answer begin anew in its middle.

import type { ServerEventData } from './wire';

interface Answer {
  chatId: string | undefined;
  /** What `seq` counts belongs to; an answer that is gone on with has another. */
  revision: number | undefined;
  seq: number;
  text: string;
}

/** One text must not fill the memory, whatever the server sends. */
const LONGEST = 4_000_000;
/** Answers at once; the oldest is forgotten. */
const MOST = 200;

export class Answers {
  readonly #running = new Map<string, Answer>();

  /** False where it goes on with one that is known: nobody needs to be told. */
  started({ messageId, chatId, seq = 0, revision }: ServerEventData['AI_MESSAGE_START']): boolean {
    const known = this.#running.get(messageId);
    if (known !== undefined && seq > 0 && seq <= known.seq && revision === known.revision) return false;
    this.#running.set(messageId, { chatId: chatId ?? known?.chatId, revision, seq, text: '' });
    const oldest = this.#running.keys().next();
    if (this.#running.size > MOST && !oldest.done) this.#running.delete(oldest.value);
    return true;
  }

  /** False for a piece that is here already, or beyond what a text may hold. */
  grew({ messageId, content, seq }: ServerEventData['AI_MESSAGE_CHUNK']): boolean {
    const answer = this.#running.get(messageId);
    if (answer === undefined) return true;
    if (seq !== undefined && seq <= answer.seq) return false;
    if (answer.text.length + content.length > LONGEST) return false;
    answer.seq = seq ?? answer.seq + 1;
    answer.text += content;
    return true;
  }

  /** The whole text (the server's, or what came piece by piece), and the end of it that did not come. */
  ended({ messageId, content }: { messageId: string; content?: unknown }): { text: string; rest: string } {
    const known = this.#running.get(messageId);
    this.#running.delete(messageId);
    if (typeof content !== 'string') return { text: known?.text ?? '', rest: '' };
    const isCut = known !== undefined && content.length > known.text.length && content.startsWith(known.text);
    return { text: content, rest: isCut ? content.slice(known.text.length) : '' };
  }

  /** Those that a returning client asks to go on with. */
  *unfinished(): Iterable<{ chatId: string; messageId: string; revision?: number; seq: number }> {
    for (const [messageId, { chatId, revision, seq }] of this.#running) {
      if (chatId !== undefined) yield { chatId, messageId, ...(revision !== undefined && { revision }), seq };
    }
  }
}
