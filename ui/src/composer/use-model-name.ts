// What the model of the chat on the screen is called.

import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';
import { useOnlyGuide } from '@/thread/use-only-guide';

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
  const guide = useOnlyGuide();
  const provider = useApp((state) => state.providers?.find(({ active }) => active)?.defaultModel ?? null);
  const named = mine ?? provider ?? only?.name ?? null;
  const standard = guide ? t('model.guide') : named === null ? null : shortName(named);
  return { chosen, standard, shown: chosen !== null ? shortName(chosen) : (standard ?? t('model.standard')) };
}
