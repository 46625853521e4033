// One row, whatever it is.

import { memo } from 'react';
import { Answer } from './answer';
import type { Row } from './rows';
import { UserTurn } from './user-turn';
import { WaitingTurn } from './waiting-turn';

function content(row: Row) {
  switch (row.kind) {
    case 'message':
      return row.message.role === 'user' ? (
        <UserTurn message={row.message} />
      ) : (
        <Answer message={row.message} running={null} last={row.last} />
      );
    case 'waiting':
      return <WaitingTurn entry={row.entry} />;
    case 'running':
      return <Answer message={null} running={row.running} last />;
    default:
      return row satisfies never;
  }
}

export const ThreadRow = memo(
  function ThreadRow({ row }: { row: Row }) {
    return <div className="mx-auto w-full max-w-thread px-4 md:px-0">{content(row)}</div>;
  },
  (a, b) => sameRow(a.row, b.row),
);

function sameRow(a: Row, b: Row): boolean {
  if (a.kind === 'message' && b.kind === 'message') return a.message === b.message && a.last === b.last;
  if (a.kind === 'waiting' && b.kind === 'waiting') return a.entry === b.entry;
  if (a.kind === 'running' && b.kind === 'running') return a.running === b.running;
  return false;
}
