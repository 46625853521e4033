// What an event of dialect B tells the metrics.

import type { Metrics } from '../metrics';
import type { ServerEvent } from './wire';

export function measureEvent(metrics: Metrics, { type, data }: ServerEvent): void {
  switch (type) {
    case 'AI_MESSAGE_START':
      metrics.answerBegan(data.messageId);
      break;
    case 'AI_MESSAGE_CHUNK':
      metrics.answerGrew();
      break;
    case 'AI_MESSAGE_END':
      metrics.answerEnded(data.messageId);
      break;
    case 'ERROR':
      metrics.error(data.code);
      break;
    case 'PONG':
      if (typeof data.timestamp === 'number') metrics.pong(data.timestamp);
      break;
    default:
      break;
  }
}
