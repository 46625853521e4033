// Everything that can go wrong, as one typed error. The codes are the server's six and three that
// only a client can see; `reason` is finer, for a sentence in the reader's language.

import type { ErrorCode } from './wire';

/** What has no frame of the server behind it: no connection, or a full queue. */
export type LocalErrorCode = 'CONNECTION_FAILED' | 'QUEUE_FULL';
export type ClientErrorCode = ErrorCode | LocalErrorCode;

export interface Fault {
  code: ClientErrorCode;
  /** `internal` where nothing finer is known. */
  reason?: string;
  message: string;
  /** Whether the same may succeed later. */
  retryable: boolean;
  /** When, in milliseconds from now. */
  retryAfter?: number | undefined;
  /** The answer that failed. */
  messageId?: string | undefined;
}

export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly reason: string;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly messageId: string | undefined;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'ClientError';
    this.code = fault.code;
    this.reason = fault.reason ?? 'internal';
    this.retryable = fault.retryable;
    this.retryAfter = fault.retryAfter;
    this.messageId = fault.messageId;
  }
}
