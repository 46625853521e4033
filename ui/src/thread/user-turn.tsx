// What the person said: a soft block. It can be edited, which makes a branch.

import { Pencil } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Time } from '@/lib/time';
import { IconButton } from '@/parts/icon-button';
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

  if (editing) return <EditTurn message={message} onDone={() => edit(null)} />;
  return (
    <article aria-label={t('thread.you')} className="group/turn flex flex-col items-end pt-5">
      <div className="max-w-[85%] whitespace-pre-wrap break-words rounded-xl rounded-br-xs bg-wash px-4 py-2.5 text-[0.9375rem]/[1.6]">
        {message.content}
      </div>
      <TurnActions shown={message.siblingIds.length > 1} end>
        <Time at={message.timestamp} className="px-1.5 text-xs" />
        <CopyButton text={message.content} />
        <IconButton size="sm" label={t('thread.editMessage')} onClick={() => edit(message.id)}>
          <Pencil size={15} />
        </IconButton>
        <BranchButton messageId={message.id} />
        <BranchSwitcher id={message.id} siblingIds={message.siblingIds} />
      </TurnActions>
    </article>
  );
});
