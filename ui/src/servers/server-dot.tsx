// How a server is, as a dot; the words beside it say the same.

import type { ConnectionState } from '@/client/model';

export function ServerDot({ kind, trouble = false }: { kind: ConnectionState['kind'] | null; trouble?: boolean }) {
  const colour = trouble
    ? 'bg-danger'
    : kind === 'online'
      ? 'bg-accent'
      : kind === 'connecting' || kind === null
        ? 'bg-ink-faint animate-pulse-quiet'
        : 'bg-warn';
  return <span aria-hidden="true" className={`block size-1.5 shrink-0 rounded-full ${colour}`} />;
}
