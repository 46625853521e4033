// One provider: closed, its name and its key's place; open, what can be done with it.

import { ChevronDown } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WireProvider } from '@/client/wire';
import { Button } from '@/parts/button';
import { Field } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { Select } from '@/parts/select';
import { removeWithUndo } from '@/parts/undoable';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { chooseDefaultModel, makeActive } from '../connect/connect-provider';
import { KeyEditor } from './key-editor';
import { save } from './save';

const NONE = 'first';

export function ProviderRow({ provider }: { provider: WireProvider }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  const { name, active, key } = provider;
  return (
    <li className={open ? 'rounded-lg bg-paper-sunk' : 'rounded-lg'}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-3 rounded-lg px-3 py-2.5 text-left hover:bg-wash"
      >
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2 font-medium">
            <span className="truncate">{name}</span>
            {active ? (
              <span className="rounded-full bg-accent-wash px-2 py-0.5 text-xs text-accent">
                {t('settings.provider.active')}
              </span>
            ) : null}
          </span>
          <span className="block truncate text-sm text-ink-faint">
            {t('settings.provider.keyIs', { state: t(`settings.provider.keyState.${key}`).toLocaleLowerCase() })} · {provider.baseUrl}
          </span>
        </span>
        <ChevronDown
          size={16}
          aria-hidden
          className={`shrink-0 text-ink-faint transition-transform ${open ? 'rotate-180' : ''}`}
        />
      </button>
      <div id={id} hidden={!open} className="flex flex-col gap-5 px-3 pt-2 pb-4">
        {open ? <Details provider={provider} /> : null}
      </div>
    </li>
  );
}

function Details({ provider }: { provider: WireProvider }) {
  const { t } = useTranslation();
  const task = useTask();
  const [count, setCount] = useState<number | null>(null);
  const { providerId, name, fixed, active, defaultModel } = provider;
  const models = useApp((state) => state.models.list).filter((model) => model.provider === providerId);
  const names = models.map((model) => model.name);
  if (defaultModel !== null && !names.includes(defaultModel)) names.unshift(defaultModel);

  const test = () => {
    setCount(null);
    void task.run(async () => setCount((await actions.testProvider(providerId)).length));
  };
  return (
    <>
      {fixed ? (
        <p className="text-sm text-ink-soft">{t('settings.provider.fixed')}</p>
      ) : (
        <>
          <KeyEditor provider={provider} />
          <Field label={t('settings.provider.defaultModel')}>
            {({ id }) => (
              <Select
                id={id}
                value={defaultModel ?? NONE}
                onValueChange={(next) => save(chooseDefaultModel(provider, next === NONE ? null : next))}
                options={[
                  { value: NONE, label: t('settings.provider.noDefault') },
                  ...names.map((model) => ({ value: model, label: model })),
                ]}
              />
            )}
          </Field>
        </>
      )}
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      {count === null ? null : (
        <Notice tone="good" live>
          {t('provider.works', { count })}
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" busy={task.busy} aria-label={t('settings.provider.testLabel', { name })} onClick={test}>
          {t('settings.provider.test')}
        </Button>
        {active || fixed ? null : (
          <Button
            size="sm"
            aria-label={t('settings.provider.makeActiveLabel', { name })}
            onClick={() => save(makeActive(provider))}
          >
            {t('settings.provider.makeActive')}
          </Button>
        )}
        {fixed ? null : (
          <Button
            size="sm"
            tone="danger"
            className="ml-auto"
            aria-label={t('settings.provider.removeLabel', { name })}
            onClick={() =>
              removeWithUndo(`provider ${providerId}`, t('settings.provider.removed', { name }), () =>
                actions.removeProvider(providerId),
              )
            }
          >
            {t('settings.provider.remove')}
          </Button>
        )}
      </div>
    </>
  );
}
