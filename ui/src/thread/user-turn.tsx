// What the person said: a soft block. It can be edited, which makes a branch.

import { Pencil } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Time } from '@/lib/time';
import { IconButton } from '@/parts/icon-button';
import { Face } from '@/screens/share/face';
import { useMayWrite } from '@/state/access';
import { useApp } from '@/state/app-store';
import type { Message } from '@/state/types';
import { BranchButton } from './branch-button';
import { BranchSwitcher } from './branch-switcher';
import { CopyButton } from './copy-button';
import { EditTurn } from './edit-turn';
import { TurnActions } from './turn-actions';
import { useEditing } from './use-editing';

export const UserTurn = memo(function UserTurn({ message }: { message: Message }) {
  const { t } = useTranslation();
  const editing = useEditing((state) => state.messageId === message.id);
  const edit = useEditing((state) => state.edit);
  const mayWrite = useMayWrite();
  const mine = useApp((state) => message.author === undefined || message.author.userId === state.person?.userId);
  const author = mine ? null : (message.author?.name ?? null);

  if (editing) return <EditTurn message={message} onDone={() => edit(null)} />;
  return (
    <article aria-label={author ?? t('thread.you')} className="group/turn flex flex-col items-end pt-5">
      {author !== null && (
        <p className="flex max-w-[85%] items-center gap-1.5 pb-1 text-xs text-ink-soft">
          <Face name={author} small />
          <span className="truncate font-medium">{author}</span>
        </p>
      )}
      <div dir="auto" className="max-w-[85%] whitespace-pre-wrap break-words rounded-xl rounded-br-xs bg-wash px-4 py-2.5 text-[0.9375rem]/[1.6]">
        {message.content}
      </div>
      <TurnActions shown={message.siblingIds.length > 1} end>
        <Time at={message.timestamp} className="px-1.5 text-xs" />
        <CopyButton text={message.content} />
        {mayWrite && (
          <IconButton size="sm" label={t('thread.editMessage')} onClick={() => edit(message.id)}>
            <Pencil size={15} />
          </IconButton>
        )}
        <BranchButton messageId={message.id} />
        <BranchSwitcher id={message.id} siblingIds={message.siblingIds} />
      </TurnActions>
    </article>
  );
});
