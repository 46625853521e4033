// Which keys do what.

import { useTranslation } from 'react-i18next';
import { MOD } from '@/lib/platform-keys';
import { Dialog } from '@/parts/dialog';
import { Kbd } from '@/parts/kbd';
import { host } from '@/platform';
import { actions } from '@/state/actions';

export default function ShortcutSheet() {
  const { t } = useTranslation();
  const groups: [string, [string, string][]][] = [
    [
      t('shortcuts.group.everywhere'),
      [
        [t('shortcuts.palette'), `${MOD}+K`],
        [t('shortcuts.newChat'), `${MOD}+N`],
        [t('shortcuts.search'), `${MOD}+Shift+F`],
        [t('shortcuts.settings'), `${MOD}+,`],
        ...(host.desktop === null ? [] : [[t('shortcuts.server'), `${MOD}+1 … 9`] as [string, string]]),
        [t('shortcuts.sidebar'), `${MOD}+B`],
        [t('shortcuts.focusComposer'), '/'],
        [t('shortcuts.sheet'), '?'],
      ],
    ],
    [
      t('shortcuts.group.writing'),
      [
        [t('shortcuts.send'), 'Enter'],
        [t('shortcuts.newLine'), 'Shift+Enter'],
        [t('shortcuts.editLast'), '↑'],
        [t('shortcuts.stop'), 'Esc'],
      ],
    ],
    [
      t('shortcuts.group.reading'),
      [
        [t('sidebar.rename').replace('…', ''), 'F2'],
        [t('sidebar.delete'), 'Del'],
      ],
    ],
  ];
  return (
    <Dialog open onOpenChange={() => actions.show('none')} title={t('shortcuts.title')} quiet className="sm:max-w-2xl">
      <div className="grid gap-x-10 gap-y-6 overflow-y-auto px-6 pt-4 pb-7 sm:grid-cols-2">
        {groups.map(([heading, keys]) => (
          <section key={heading} aria-label={heading}>
            <h3 className="mb-1 text-sm text-ink-faint">{heading}</h3>
            <dl>
              {keys.map(([name, press]) => (
                <div key={name} className="flex min-h-9 items-center justify-between gap-4 py-1 leading-tight">
                  <dt>{name}</dt>
                  <dd className="shrink-0">
                    <Kbd keys={press} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
