// Lets `Metrics` hear of a connection: what is the same in both dialects, and dialect A's frames.

import type { Connection } from './connection';
import type { Line } from './line';
import type { Metrics } from './metrics';
import type { OutboxEntry } from './model';
import type { Outbox } from './outbox';
import type { ServerFrame } from './wire';

/** Gives back how to stop. */
export function measureLine<Frame, Entry extends OutboxEntry>(
  metrics: Metrics,
  line: Line<Frame>,
  outbox: Outbox<Entry>,
): () => void {
  let lost = false;
  const stops = [
    line.traffic.on(({ direction, size }) => metrics.frame(direction, size)),
    line.errors.on(({ code }) => metrics.error(code)),
    outbox.changes.on((entries) => metrics.queue(entries.length)),
    outbox.sent.on(({ clientId }) => metrics.asked(clientId)),
    line.states.on(({ kind }) => {
      if (kind === 'online' && lost) metrics.reconnected();
      lost = kind !== 'online' && (lost || kind === 'reconnecting' || kind === 'draining');
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Measures a connection in dialect A; gives back how to stop. */
export function measureChat(metrics: Metrics, connection: Connection, outbox: Outbox): () => void {
  const stops = [
    measureLine(metrics, connection, outbox),
    connection.frames.on((frame) => chatFrame(metrics, frame)),
  ];
  return () => stops.forEach((stop) => stop());
}

function chatFrame(metrics: Metrics, { type, data }: ServerFrame): void {
  switch (type) {
    case 'user_message':
      if (data.clientId !== undefined) metrics.accepted(data.clientId);
      break;
    case 'assistant_message_start':
      metrics.answerBegan(data.messageId);
      break;
    case 'assistant_message_token':
      metrics.answerGrew();
      break;
    case 'assistant_message_complete':
      metrics.answerEnded(data.messageId);
      break;
    case 'error':
      metrics.error(data.code);
      if (data.messageId !== undefined) metrics.answerEnded(data.messageId);
      break;
    case 'pong':
      if (data.timestamp !== undefined) metrics.pong(data.timestamp);
      break;
    default:
      break;
  }
}
