// What is longer than a frame may be is never sent: the server would close the line for it, and
// again each time it came back.

/** Bytes that a frame of a client may have (PROTOCOL.md, "Rules of dialect A"). */
const FRAME_BYTES = 256 * 1024;
/** More than the frame of a message has beside its words. */
const AROUND_BYTES = 1024;
/** The most that a character becomes: `\u0000`. */
const LONGEST_ESCAPE = 6;

const encoder = new TextEncoder();

/** Whether the server takes a frame. */
export function fitsFrame(frame: string, around = 0): boolean {
  return encoder.encode(frame).length + around <= FRAME_BYTES;
}

/** Whether a message can be sent at all. */
export function fitsMessage(content: string): boolean {
  // The usual case needs no encoding: this is asked at every key.
  if (content.length * LONGEST_ESCAPE + AROUND_BYTES <= FRAME_BYTES) return true;
  return fitsFrame(JSON.stringify(content), AROUND_BYTES);
}
