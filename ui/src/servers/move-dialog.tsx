// *Move this chat to…*: choose a server, see it go, and what to do with the two of them.

import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { Notice } from '@/parts/notice';
import { Progress } from '@/parts/progress';
import { useTask } from '@/parts/use-task';
import type { ServerEntry } from '@/platform';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ServerDot } from './server-dot';
import type { Moved } from './move-chat';
import { showServersDialog, useServers } from './servers-store';
import { nameOf, switchServer } from './switch-server';
import { useMove, type MoveState } from './use-move';
import { useNewsWords } from './use-news-words';

const KILOBYTE = 1024;
const kilobytes = (bytes: number) => Math.ceil(bytes / KILOBYTE);

export function MoveDialog({ chatId }: { chatId: string }) {
  const { t } = useTranslation();
  const title = useApp((state) => state.chats[chatId]?.title) ?? '';
  const { state, start, cancel, undo } = useMove(chatId);
  const close = () => {
    cancel();
    showServersDialog(null);
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={t('servers.move.title', { title: title === '' ? t('sidebar.untitled') : title })}
      description={t('servers.move.hint')}
    >
      <div className="flex flex-col gap-5 overflow-y-auto px-6 pt-4 pb-6" aria-live="polite">
        {state.kind === 'choosing' ? <Targets onPick={start} /> : null}
        {state.kind === 'moving' ? <Moving state={state} onCancel={cancel} /> : null}
        {state.kind === 'failed' ? (
          <>
            <Notice tone="danger">{t('servers.move.failed', { name: nameOf(state.to), reason: state.reason })}</Notice>
            <div className="flex justify-end gap-2">
              <Button tone="quiet" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button tone="primary" onClick={() => void start(state.to)}>
                {t('common.retry')}
              </Button>
            </div>
          </>
        ) : null}
        {state.kind === 'done' ? <Done chatId={chatId} to={state.to} moved={state.moved} onUndo={undo} onClose={close} /> : null}
        {state.kind === 'undone' ? (
          <>
            <p>{t('servers.move.undone', { name: nameOf(state.to) })}</p>
            <div className="flex justify-end">
              <Button onClick={close}>{t('common.close')}</Button>
            </div>
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function Targets({ onPick }: { onPick(to: ServerEntry): void }) {
  const words = useNewsWords();
  const list = useServers((state) => state.list);
  const news = useServers((state) => state.news);
  return (
    <ul className="flex flex-col gap-1">
      {list
        .filter(({ active }) => !active)
        .map((server) => (
          <li key={server.id}>
            <button
              type="button"
              className="flex min-h-11 w-full items-center gap-3 rounded-md px-3 py-2 text-left hover:bg-wash"
              onClick={() => onPick(server)}
            >
              <ServerDot kind={news[server.id]?.kind ?? null} trouble={news[server.id]?.problem === 'certificate_changed'} />
              <span className="min-w-0 flex-1">
                <span className="line-clamp-3 font-medium wrap-anywhere">{nameOf(server)}</span>
                <span className="block text-sm text-ink-faint">{words(news[server.id])}</span>
              </span>
            </button>
          </li>
        ))}
    </ul>
  );
}

function Moving({ state, onCancel }: { state: Extract<MoveState, { kind: 'moving' }>; onCancel(): void }) {
  const { t } = useTranslation();
  const { phase, done, total } = state.progress;
  return (
    <>
      <Progress
        label={t(`servers.move.${phase}`, { name: nameOf(state.to) })}
        done={kilobytes(done)}
        total={total === null ? null : kilobytes(total)}
        unit="kilobyte"
        {...(state.rate !== undefined && { rate: state.rate / KILOBYTE })}
      />
      <div className="flex justify-end">
        <Button tone="quiet" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </>
  );
}

interface DoneProps {
  chatId: string;
  to: ServerEntry;
  moved: Moved;
  onUndo(to: ServerEntry, moved: Moved): Promise<void>;
  onClose(): void;
}

function Done({ chatId, to, moved, onUndo, onClose }: DoneProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const name = nameOf(to);
  return (
    <>
      <Notice tone="good">
        <strong className="block font-semibold">{t('servers.move.done', { name })}</strong>
        {t('servers.move.messages', { count: moved.messages })}
        {', '}
        {t('servers.move.branches', { count: moved.branches })}
      </Notice>
      {error === null ? null : <Notice tone="danger">{error}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button tone="quiet" busy={busy} onClick={() => void run(() => onUndo(to, moved))}>
          {t('common.undo')}
        </Button>
        <Button
          onClick={() => {
            onClose();
            void actions.deleteChat(chatId);
          }}
        >
          {t('servers.move.deleteHere')}
        </Button>
        <Button
          tone="primary"
          onClick={() => {
            onClose();
            void switchServer(to.id).then(() => actions.selectChat(moved.chatId));
          }}
        >
          {t('servers.move.open')}
        </Button>
      </div>
    </>
  );
}
