// One journey of a chat to another server, from the first byte to what became of it.

import { useCallback, useEffect, useRef, useState } from 'react';
import { errorText } from '@/i18n/reason-text';
import { host, type ServerEntry } from '@/platform';
import { getState } from '@/state/app-store';
import { moveChat, type Moved, type MoveProgress } from './move-chat';
import { watcherOf } from './switch-server';

export type MoveState =
  | { kind: 'choosing' }
  | { kind: 'moving'; to: ServerEntry; progress: MoveProgress; rate: number | undefined }
  | { kind: 'failed'; to: ServerEntry; reason: string }
  | { kind: 'done'; to: ServerEntry; moved: Moved }
  | { kind: 'undone'; to: ServerEntry };

const SECOND = 1000;

export function useMove(chatId: string) {
  const [state, setState] = useState<MoveState>({ kind: 'choosing' });
  /** One id for each server, kept over every try. */
  const importIds = useRef(new Map<string, string>());
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = useCallback(
    async (to: ServerEntry) => {
      const { desktop } = host;
      if (desktop === null) return;
      const importId = importIds.current.get(to.id) ?? crypto.randomUUID();
      importIds.current.set(to.id, importId);
      const controller = new AbortController();
      abort.current = controller;
      const began = performance.now();
      const tell = (progress: MoveProgress) => {
        const seconds = (performance.now() - began) / SECOND;
        const rate = seconds > 1 ? progress.done / seconds : undefined;
        if (!controller.signal.aborted) setState({ kind: 'moving', to, progress, rate });
      };
      tell({ phase: 'reading', done: 0, total: null });
      try {
        const [from, there] = await Promise.all([host.connection(), desktop.serverConnection(to.id)]);
        const journey = { from, to: there, chatId, importId, signal: controller.signal, onProgress: tell };
        const moved = await moveChat(journey);
        if (!controller.signal.aborted) setState({ kind: 'done', to, moved });
      } catch (error) {
        if (!controller.signal.aborted) setState({ kind: 'failed', to, reason: errorText(error) });
      }
    },
    [chatId],
  );

  const cancel = useCallback(() => {
    abort.current?.abort();
    setState({ kind: 'choosing' });
  }, []);

  /** The copy goes again, and its journey with it: another try makes another copy. */
  const undo = useCallback(async (to: ServerEntry, moved: Moved) => {
    const watcher = watcherOf(to.id);
    if (watcher === undefined) throw new Error(`nobody listens to ${to.id} from ${getState().server?.serverId ?? ''}`);
    await watcher.requests.ask('delete_chat', { chatId: moved.chatId }, 'chat_deleted');
    importIds.current.delete(to.id);
    setState({ kind: 'undone', to });
  }, []);

  return { state, start, cancel, undo };
}
