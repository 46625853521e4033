// How answers are asked for, unless a chat says otherwise: the model, instructions, temperature.

import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Field } from '@/parts/field';
import { Select } from '@/parts/select';
import { Switch } from '@/parts/switch';
import { Temperature } from '@/parts/temperature';
import { TextArea } from '@/parts/text-area';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { save } from './save';
import { useAutosave } from './use-autosave';

const STANDARD = 'standard';
const FIRST_TEMPERATURE = 0.7;

export function Answers() {
  const { t } = useTranslation();
  const settings = useApp((state) => state.settings);
  const models = useApp((state) => state.models);
  const prompt = useAutosave(settings?.systemPrompt ?? '', (text) =>
    save(actions.updateSettings({ systemPrompt: text.trim() === '' ? null : text })),
  );
  useEffect(() => {
    if (!models.loaded) actions.loadModels().catch(() => undefined);
  }, [models.loaded]);

  if (settings === null) return <Busy words={t('common.loading')} />;
  // A chosen model that its server does not list now is still the chosen one.
  const listed = models.list.map((model) => ({ value: model.id, label: model.name }));
  const chosen = settings.model;
  const missing = chosen !== null && !listed.some((option) => option.value === chosen);
  return (
    <div className="flex max-w-lg flex-col gap-7">
      <Field label={t('settings.conversation.model')} hint={t('settings.conversation.modelHint')}>
        {({ id, 'aria-describedby': described }) => (
          <Select
            id={id}
            aria-describedby={described}
            value={chosen ?? STANDARD}
            onValueChange={(next) => save(actions.updateSettings({ model: next === STANDARD ? null : next }))}
            options={[
              { value: STANDARD, label: t('settings.conversation.modelDefault') },
              ...(missing ? [{ value: chosen, label: chosen }] : []),
              ...listed,
            ]}
          />
        )}
      </Field>
      <TextArea
        label={t('settings.conversation.systemPrompt')}
        hint={t('settings.conversation.systemPromptHint')}
        placeholder={t('settings.conversation.systemPromptPlaceholder')}
        rows={5}
        maxLength={32_000}
        value={prompt.value}
        onChange={(event) => prompt.onChange(event.target.value)}
        onBlur={prompt.onBlur}
      />
      <div className="flex flex-col gap-4">
        <Switch
          label={t('settings.conversation.temperatureOwn')}
          hint={t('settings.conversation.temperatureHint')}
          checked={settings.temperature === null}
          onCheckedChange={(own) => save(actions.updateSettings({ temperature: own ? null : FIRST_TEMPERATURE }))}
        />
        {settings.temperature === null ? null : (
          <Temperature
            value={settings.temperature}
            save={(value) => save(actions.updateSettings({ temperature: value }))}
          />
        )}
      </div>
    </div>
  );
}
