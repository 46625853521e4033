// Who answers in this chat: a model of its own, or whatever the person's settings say.

import { Command } from 'cmdk';
import { Check, ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { actions } from '@/state/actions';
import { setState, useApp } from '@/state/app-store';
import { shortName, useModelName } from './use-model-name';

/** More than so many are searched, not scanned. */
const SEARCH_FROM = 8;

function pick(chatId: string | null, model: string | null): void {
  if (chatId === null) setState({ newChatModel: model });
  else void actions.updateChat(chatId, { model });
}

export function ModelPicker() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { list, problems, loaded } = useApp((state) => state.models);
  const chatId = useApp((state) => state.selectedChatId);
  const { chosen, shown, standard } = useModelName();

  const choose = (model: string | null) => {
    pick(chatId, model);
    setOpen(false);
    document.getElementById('composer')?.focus();
  };

  const opened = (next: boolean) => {
    setOpen(next);
    if (next) actions.loadModels().catch(() => undefined);
  };

  return (
    <Popover.Root open={open} onOpenChange={opened}>
      <Popover.Trigger
        aria-label={t('model.pick', { name: shown })}
        className="flex h-8 min-w-0 pointer-coarse:h-touch max-w-60 items-center gap-1 rounded-full px-2.5 text-sm text-ink-soft hover:bg-wash hover:text-ink data-[state=open]:bg-wash"
      >
        <span className="truncate">{shown}</span>
        <ChevronDown size={14} aria-hidden="true" className="shrink-0" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={t('model.choose')}
          side="top"
          align="start"
          sideOffset={8}
          collisionPadding={12}
          className="z-50 w-72 animate-rise-in overflow-hidden rounded-lg border bg-paper-raised shadow-lg"
        >
          <Command label={t('model.choose')} loop>
            {list.length >= SEARCH_FROM && (
              <Command.Input
                placeholder={t('model.search')}
                className="h-10 w-full border-b bg-transparent px-3.5 outline-none pointer-coarse:h-touch pointer-coarse:text-[1rem]"
              />
            )}
            <Command.List className="max-h-72 overflow-y-auto p-1.5">
              <Command.Empty className="px-2.5 py-2 text-ink-soft">
                {loaded ? t('model.noMatch') : t('model.loading')}
              </Command.Empty>
              <ModelItem
                value="standard"
                chosen={chosen === null}
                name={standard === null ? t('model.standard') : t('model.standardIs', { name: standard })}
                onSelect={() => choose(null)}
              />
              {list.map((model) => (
                <ModelItem
                  key={model.id}
                  value={model.id}
                  chosen={chosen === model.id}
                  name={shortName(model.name)}
                  note={model.provider}
                  onSelect={() => choose(model.id)}
                />
              ))}
            </Command.List>
            {loaded && list.length === 0 && (
              <p className="px-3.5 pb-2.5 text-sm text-ink-soft">{t('model.guideHint')}</p>
            )}
            {problems.map((problem) => (
              <p key={problem.message} className="border-t px-3.5 py-2 text-sm text-warn">
                {reasonText(problem.reason)}
              </p>
            ))}
            <button
              type="button"
              className="w-full border-t px-3.5 pointer-coarse:min-h-touch py-2.5 text-left text-ink-soft hover:bg-wash hover:text-ink"
              onClick={() => {
                setOpen(false);
                actions.show('settings', 'models');
              }}
            >
              {t('model.manage')}
            </button>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface ItemProps {
  value: string;
  name: string;
  note?: string;
  chosen: boolean;
  onSelect(): void;
}

function ModelItem({ value, name, note, chosen, onSelect }: ItemProps) {
  return (
    <Command.Item
      value={value}
      keywords={[name]}
      onSelect={onSelect}
      className="flex min-h-8 cursor-pointer pointer-coarse:min-h-touch items-center gap-2 rounded-sm px-2 py-1 data-[selected=true]:bg-wash"
    >
      <Check size={15} aria-hidden="true" className={`shrink-0 text-accent ${chosen ? '' : 'invisible'}`} />
      <span className="truncate" title={name}>
        {name}
      </span>
      {note !== undefined && <span className="ml-auto shrink-0 text-xs text-ink-faint">{note}</span>}
    </Command.Item>
  );
}
