// A new provider: which service, its address if it is an unusual one, and the key. It is tested
// before it counts as saved.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { useTask } from '@/parts/use-task';
import { getState } from '@/state/app-store';
import { connectProvider } from './connect-provider';
import { KeyField } from './key-field';
import { isAddress, PRESETS, providerId, type PresetId } from './presets';
import { useKeyPlace } from './use-key-place';

interface ProviderFormProps {
  onDone: (name: string, models: number) => void;
  onCancel?: () => void;
}

export function ProviderForm({ onDone, onCancel }: ProviderFormProps) {
  const { t } = useTranslation();
  const place = useKeyPlace();
  const task = useTask();
  const [preset, setPreset] = useState<PresetId>('openai');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [key, setKey] = useState('');
  const [sessionOnly, setSessionOnly] = useState(false);
  const [wrong, setWrong] = useState<{ address?: string; key?: string }>({});
  const own = preset === 'other';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const chosen = PRESETS[preset];
    const baseUrl = own ? address.trim().replace(/\/+$/, '') : chosen.baseUrl;
    const problems = {
      ...(isAddress(baseUrl) ? {} : { address: t('provider.addressBad') }),
      ...(!own && key.trim() === '' ? { key: t('common.required') } : {}),
      ...(place === 'no-keyring' && !sessionOnly && key.trim() !== ''
        ? { key: t('reason.keyring_unavailable') }
        : {}),
    };
    setWrong(problems);
    if (Object.keys(problems).length > 0) return;
    const title = own ? name.trim() || new URL(baseUrl).host : chosen.name;
    const taken = (getState().providers ?? []).map((provider) => provider.providerId);
    let count = 0;
    const worked = await task.run(async () => {
      const models = await connectProvider({
        id: own ? providerId(title, taken) : preset,
        name: title,
        baseUrl,
        key: key.trim(),
        sessionOnly,
        preferredModel: chosen.model,
      });
      count = models.length;
    });
    if (!worked) return;
    setKey('');
    onDone(title, count);
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      <SegmentedControl
        label={t('provider.service')}
        value={preset}
        onValueChange={setPreset}
        segments={[
          { value: 'openai', label: t('provider.preset.openai') },
          { value: 'openrouter', label: t('provider.preset.openrouter') },
          { value: 'other', label: t('provider.preset.other') },
        ]}
      />
      {own ? (
        <>
          <TextField
            label={t('provider.address')}
            hint={t('provider.addressHint')}
            type="url"
            inputMode="url"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
            placeholder="https://api.example.org/v1"
            error={wrong.address}
            spellCheck={false}
          />
          <TextField
            label={t('provider.name')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder={t('provider.namePlaceholder')}
          />
        </>
      ) : null}
      <KeyField
        value={key}
        onValueChange={setKey}
        sessionOnly={sessionOnly}
        onSessionOnlyChange={setSessionOnly}
        place={place}
        error={wrong.key}
        {...(own ? { hint: t('provider.keyOptional') } : {})}
      />
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button tone="primary" type="submit" busy={task.busy}>
          {t('provider.testAndSave')}
        </Button>
        {onCancel === undefined ? null : (
          <Button tone="quiet" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        )}
        {task.busy ? <Busy atOnce words={t('provider.testing', { name: own ? name || '…' : PRESETS[preset].name })} /> : null}
      </div>
    </form>
  );
}
