// Ctrl+K: everything by its name. Chats, actions, sections of the settings, theme, language.

import { Command } from 'cmdk';
import { X } from 'lucide-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/parts/dialog';
import { IconButton } from '@/parts/icon-button';
import { Kbd } from '@/parts/kbd';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatItems } from './chat-items';
import { useEntries, type Entry } from './entries';

/** More rows help nobody; the words narrow them down. */
const ROW =
  'flex min-h-9 cursor-default pointer-coarse:min-h-touch items-center gap-3 rounded-sm px-2.5 py-1 select-none data-[selected=true]:bg-wash-strong';
const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-faint';

/** Every word that was typed stands in the title or its other names; the chats find themselves alike. */
function matches(_value: string, query: string, names: string[] = []): number {
  const text = names.join(' ').toLocaleLowerCase();
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => text.includes(word)) ? 1 : 0;
}

export default function CommandPalette() {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const groups = useEntries();
  const open = useApp((state) => state.overlay === 'palette');

  const run = (action: () => void) => {
    actions.show('none');
    action();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => actions.show(next ? 'palette' : 'none')}
      title={t('palette.title')}
      hideTitle
      shape="top"
      bare
      className="sm:max-h-[min(34rem,76vh)]"
    >
      <Command label={t('palette.title')} loop filter={matches} className="flex min-h-0 flex-col">
        <div className="flex shrink-0 items-center border-b">
          <Command.Input
            value={query}
            onValueChange={setQuery}
            placeholder={t('palette.placeholder')}
            className="h-14 min-w-0 flex-1 bg-transparent px-5 text-lg outline-none"
          />
          {/* A phone has no Escape. */}
          <span className="mr-3 sm:hidden">
            <IconButton label={t('common.close')} onClick={() => actions.show('none')}>
              <X size={17} aria-hidden />
            </IconButton>
          </span>
        </div>
        <Command.List label={t('palette.title')} className="min-h-0 flex-1 overflow-y-auto p-1.5 [scrollbar-width:thin]">
          <Command.Empty className="px-2.5 py-8 text-center text-ink-soft">{t('palette.empty')}</Command.Empty>
          {groups.map(({ id, heading, entries }) => (
            <Fragment key={id}>
              <Command.Group heading={heading} className={GROUP}>
                {entries.map((entry) => (
                  <Item key={entry.id} entry={entry} onRun={run} />
                ))}
              </Command.Group>
              {id === 'actions' ? <ChatItems query={query} row={ROW} group={GROUP} onRun={run} /> : null}
            </Fragment>
          ))}
        </Command.List>
      </Command>
      <p className="flex shrink-0 gap-4 border-t px-4 py-2 text-xs text-ink-faint max-sm:hidden">
        <span>
          <Kbd keys="↑+↓" /> {t('palette.hintMove')}
        </span>
        <span>
          <Kbd keys="↵" /> {t('palette.hintOpen')}
        </span>
        <span>
          <Kbd keys="Esc" /> {t('palette.hintClose')}
        </span>
      </p>
    </Dialog>
  );
}

function Item({ entry, onRun }: { entry: Entry; onRun: (action: () => void) => void }) {
  const Icon = entry.icon;
  return (
    <Command.Item value={entry.id} keywords={[entry.title, ...(entry.words ?? [])]} onSelect={() => onRun(entry.run)} className={ROW}>
      <Icon size={16} aria-hidden className="shrink-0 text-ink-faint" />
      <span className="min-w-0 flex-1 truncate">{entry.title}</span>
      {entry.chosen === true ? <span className="size-1.5 rounded-full bg-accent" aria-hidden /> : null}
      {entry.keys === undefined ? null : <Kbd keys={entry.keys} />}
    </Command.Item>
  );
}
