// What a page holds of a chat is bounded, whatever the server sends: the newest of it. What stands
// before that, the server has.

const MOST_MESSAGES = 5000;
/** Characters. */
const MOST_TEXT = 16_000_000;

interface Weighed {
  content: string;
  reasoning?: string;
}

/** The same list where all of it fits. The last message is kept in any case. */
export function newest<T extends Weighed>(messages: T[]): T[] {
  let room = MOST_TEXT;
  const tooMuch = messages.findLastIndex(({ content, reasoning = '' }) => {
    room -= content.length + reasoning.length;
    return room < 0;
  });
  const from = Math.max(Math.min(tooMuch + 1, messages.length - 1), messages.length - MOST_MESSAGES);
  return from > 0 ? messages.slice(from) : messages;
}
