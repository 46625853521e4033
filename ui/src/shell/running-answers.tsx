// All answers that are being written, wherever: how many at a glance, which ones at a click, and a
// way to stop each.

import { Square } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

export function RunningAnswers() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const running = useApp((state) => state.runningChats);
  const chats = useApp((state) => state.chats);
  const entries = Object.entries(running).flatMap(([chatId, ids]) =>
    ids.map((messageId, place) => ({ chatId, messageId, waits: place > 0 })),
  );
  if (entries.length === 0) return null;

  const titleOf = (chatId: string) => {
    const title = chats[chatId]?.title ?? '';
    return title === '' ? t('sidebar.untitled') : title;
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="flex h-9 w-full pointer-coarse:h-touch pointer-coarse:text-[1rem] animate-fade-in items-center gap-2.5 rounded-md px-2.5 text-left text-accent hover:bg-wash data-[state=open]:bg-wash">
        <span aria-hidden="true" className="grid size-4 place-items-center">
          <span className="size-2 animate-pulse-quiet rounded-full bg-accent" />
        </span>
        <span className="min-w-0 flex-1 truncate">{t('running.count', { count: entries.length })}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={t('running.title')}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 w-72 max-w-[calc(100vw-1rem)] animate-rise-in rounded-lg border bg-paper-raised p-1.5 shadow-lg"
        >
          <p className="px-2 pt-1 pb-1.5 text-xs text-ink-faint">{t('running.title')}</p>
          <ul className="max-h-72 overflow-y-auto">
            {entries.map(({ chatId, messageId, waits }) => (
              <li key={messageId} className="flex items-center gap-1 rounded-sm hover:bg-wash">
                <button
                  type="button"
                  className="min-h-9 min-w-0 pointer-coarse:min-h-touch flex-1 px-2 text-left"
                  onClick={() => {
                    actions.selectChat(chatId);
                    setOpen(false);
                  }}
                >
                  <span className="block truncate">{titleOf(chatId)}</span>
                  {waits && <span className="block text-xs text-ink-faint">{t('running.waits')}</span>}
                </button>
                <IconButton
                  label={t('running.stop', { title: titleOf(chatId) })}
                  tooltipSide="right"
                  onClick={() => actions.stopAnswer(messageId)}
                >
                  <Square size={12} fill="currentColor" aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
          {entries.length > 1 && (
            <button
              type="button"
              className="mt-1 min-h-9 w-full pointer-coarse:min-h-touch rounded-sm border-t px-2 text-left text-ink-soft hover:bg-wash hover:text-ink"
              onClick={() => {
                for (const { messageId } of entries) actions.stopAnswer(messageId);
              }}
            >
              {t('running.stopAll')}
            </button>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
