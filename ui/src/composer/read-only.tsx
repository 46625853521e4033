// In place of the message field, where one may read and not write.

import { Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';

export function ReadOnly() {
  const { t } = useTranslation();
  const owner = useApp((state) => {
    const chat = state.selectedChatId === null ? undefined : state.chats[state.selectedChatId];
    return chat?.members?.find(({ access }) => access === 'owner')?.name ?? '';
  });
  return (
    <p id="composer" tabIndex={-1} className="flex items-center gap-2.5 rounded-xl border bg-paper-sunk px-4 py-3.5 text-ink-soft">
      <Eye size={17} aria-hidden="true" className="shrink-0" />
      {t('share.readOnly', { owner })}
    </p>
  );
}
