// The conversation. Only the rows near the view exist, so 5,000 messages open like five.

import { ArrowDown } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useApp } from '@/state/app-store';
import type { OpenChat } from '@/state/types';
import { rowsOf } from './rows';
import { ThreadRow } from './thread-row';
import { useEditing } from './use-editing';
import { useStickToEnd } from './use-stick-to-end';

/** How far beyond the view rows are kept, in pixels: a fling finds them ready. */
const BEYOND_PX = 800;

export function Thread({ open }: { open: OpenChat }) {
  const { t } = useTranslation();
  const waiting = useApp((state) => state.waiting);
  const rows = useMemo(() => rowsOf(open, waiting), [open, waiting]);
  const list = useRef<VirtualizerHandle>(null);
  const { scroller, content, atEnd, toEnd } = useStickToEnd();
  const lastWaiting = waiting.findLast((entry) => entry.chatId === open.chatId)?.clientId;
  const editing = useEditing((state) => state.messageId);

  // One's own words are always followed, wherever one was reading.
  useEffect(() => {
    if (lastWaiting !== undefined) toEnd();
  }, [lastWaiting, toEnd]);

  useEffect(() => {
    const at = rows.findIndex((row) => row.kind === 'message' && row.message.id === editing);
    if (at >= 0) list.current?.scrollToIndex(at, { align: 'nearest' });
    // The row is looked for once, when editing begins.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editing]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-label={t('thread.label')}
        aria-live="off"
        // A place that scrolls must be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none] [scrollbar-gutter:stable_both-edges] focus-visible:-outline-offset-2"
      >
        <div ref={content} className="pb-6">
          <Virtualizer ref={list} scrollRef={scroller} bufferSize={BEYOND_PX} itemSize={140}>
            {rows.map((row) => (
              <ThreadRow key={row.key} row={row} />
            ))}
          </Virtualizer>
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={toEnd}
          className="absolute bottom-3 left-1/2 flex h-8 pointer-coarse:h-touch -translate-x-1/2 animate-rise-in items-center gap-1.5 rounded-full border bg-paper-raised px-3.5 text-sm text-ink-soft shadow-md hover:text-ink"
        >
          <ArrowDown size={14} aria-hidden="true" />
          {t('thread.jumpToLatest')}
        </button>
      )}
    </div>
  );
}
