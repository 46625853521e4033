// What the model of the chat on the screen is called.

import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';

/** `provider/model`, or a path of files, by its last part. */
export function shortName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
}

export function useModelName(): { chosen: string | null; standard: string | null; shown: string } {
  const { t } = useTranslation();
  const chosen = useApp((state) =>
    state.selectedChatId === null ? state.newChatModel : (state.chats[state.selectedChatId]?.model ?? null),
  );
  const mine = useApp((state) => state.settings?.model ?? null);
  const only = useApp((state) => (state.models.list.length === 1 ? state.models.list[0] : undefined));
  const guide = only?.provider === 'guide';
  const standard = mine !== null ? shortName(mine) : guide ? t('model.guide') : only === undefined ? null : shortName(only.name);
  return { chosen, standard, shown: chosen !== null ? shortName(chosen) : (standard ?? t('model.standard')) };
}
