// Who else is in the chat, beside its title: a few faces, and the way to all of them.

import { useTranslation } from 'react-i18next';
import type { WireChat } from '@/client/wire';
import { useApp } from '@/state/app-store';
import { Face } from './face';
import { useSharing } from './use-sharing';

const SHOWN = 3;

export function Faces({ chat }: { chat: WireChat }) {
  const { t } = useTranslation();
  const me = useApp((state) => state.person?.userId);
  const others = (chat.members ?? []).filter(({ userId }) => userId !== me);
  if (others.length === 0) return null;
  const names = new Intl.ListFormat(undefined, { type: 'conjunction' }).format(others.map(({ name }) => name));

  return (
    <button
      type="button"
      aria-label={t('share.with', { names })}
      title={t('share.with', { names })}
      className="flex min-h-8 pointer-coarse:min-h-touch shrink-0 items-center -space-x-1.5 rounded-full px-1 hover:bg-wash *:ring-2 *:ring-paper"
      onClick={() => useSharing.getState().show(chat.chatId)}
    >
      {others.slice(0, SHOWN).map(({ userId, name }) => (
        <Face key={userId} name={name} small />
      ))}
      {others.length > SHOWN && (
        <span aria-hidden="true" className="grid h-6 min-w-6 place-items-center rounded-full bg-wash-strong px-1 text-[0.625rem] font-semibold text-ink-soft">
          +{others.length - SHOWN}
        </span>
      )}
    </button>
  );
}
