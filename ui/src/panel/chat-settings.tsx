// What a chat does in its own way: its model, its instructions, its temperature. What it leaves
// open follows the person's settings.

import { useTranslation } from 'react-i18next';
import type { WireChat } from '@/client/wire';
import { Field } from '@/parts/field';
import { Select } from '@/parts/select';
import { Switch } from '@/parts/switch';
import { Temperature } from '@/parts/temperature';
import { TextArea } from '@/parts/text-area';
import { useAutosave } from '@/screens/settings/use-autosave';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

const MINE = 'mine';
const FIRST_TEMPERATURE = 0.7;
const LONGEST_PROMPT = 32_000;

export function ChatSettings({ chat }: { chat: WireChat }) {
  const { t } = useTranslation();
  const models = useApp((state) => state.models.list);
  const mine = useApp((state) => state.settings);
  const { chatId, model, systemPrompt, temperature } = chat;
  const prompt = useAutosave(systemPrompt ?? '', (text) => {
    void actions.updateChat(chatId, { systemPrompt: text.trim() === '' ? null : text });
  });
  const listed = models.map(({ id, name }) => ({ value: id, label: name }));
  const missing = model !== null && !listed.some(({ value }) => value === model);

  return (
    <div className="flex flex-col gap-7 px-5 pt-2 pb-8">
      <Field label={t('chatSettings.model')}>
        {({ id }) => (
          <Select
            id={id}
            value={model ?? MINE}
            onValueChange={(next) => void actions.updateChat(chatId, { model: next === MINE ? null : next })}
            options={[
              { value: MINE, label: t('chatSettings.followMine') },
              ...(missing ? [{ value: model, label: model }] : []),
              ...listed,
            ]}
          />
        )}
      </Field>
      <TextArea
        label={t('chatSettings.systemPrompt')}
        hint={t('chatSettings.systemPromptHint')}
        placeholder={mine?.systemPrompt ?? t('settings.conversation.systemPromptPlaceholder')}
        rows={6}
        maxLength={LONGEST_PROMPT}
        value={prompt.value}
        onChange={(event) => prompt.onChange(event.target.value)}
        onBlur={prompt.onBlur}
      />
      <div className="flex flex-col gap-4">
        <Switch
          label={`${t('chatSettings.temperature')}: ${t('chatSettings.followMine').toLocaleLowerCase()}`}
          hint={t('settings.conversation.temperatureHint')}
          checked={temperature === null}
          onCheckedChange={(follow) =>
            void actions.updateChat(chatId, {
              temperature: follow ? null : (mine?.temperature ?? FIRST_TEMPERATURE),
            })
          }
        />
        {temperature !== null && (
          <Temperature
            value={temperature}
            save={(value) => void actions.updateChat(chatId, { temperature: value })}
          />
        )}
      </div>
    </div>
  );
}
