// The answers to the first question. What was found running is said at once, so that the easiest
// way is seen first; what this person or this window cannot do is left out.

import { ChevronRight, Compass, Cpu, KeyRound, Users } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { host } from '@/platform';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

export type Choice = 'key' | 'local' | 'team' | 'look';

export function Choices({ onChoose }: { onChoose: (choice: Choice) => void }) {
  const { t } = useTranslation();
  const found = useApp((state) => state.found);
  const mayManage = useApp((state) => state.person?.role !== 'member');
  const local = useApp((state) => state.server?.remote === false);
  useEffect(() => {
    // A hint only: a failure is told where somebody asks for the list.
    if (mayManage) actions.findProviders().catch(() => undefined);
  }, [mayManage]);
  const names = new Intl.ListFormat(undefined, { type: 'unit' }).format((found ?? []).map((one) => one.name));

  return (
    <ul className="-mx-3 mt-6 flex flex-col">
      {mayManage ? (
        <>
          <Row icon={<KeyRound />} title={t('firstRun.apiKey')} hint={t('firstRun.apiKeyHint')} onClick={() => onChoose('key')} />
          <Row
            icon={<Cpu />}
            title={local ? t('firstRun.local') : t('firstRun.localOnServer')}
            hint={names === '' ? t('firstRun.localHint') : t('firstRun.localFound', { names })}
            good={names !== ''}
            onClick={() => onChoose('local')}
          />
        </>
      ) : null}
      {host.desktop === null ? null : (
        <Row icon={<Users />} title={t('firstRun.team')} hint={t('firstRun.teamHint')} onClick={() => onChoose('team')} />
      )}
      <Row icon={<Compass />} title={t('firstRun.look')} hint={t('firstRun.lookHint')} onClick={() => onChoose('look')} />
    </ul>
  );
}

interface RowProps {
  icon: ReactNode;
  title: string;
  hint: string;
  good?: boolean;
  onClick: () => void;
}

function Row({ icon, title, hint, good = false, onClick }: RowProps) {
  return (
    <li>
      <button
        type="button"
        onClick={onClick}
        className="group flex w-full items-center gap-4 rounded-lg px-3 py-3.5 text-left transition-colors hover:bg-wash"
      >
        <span aria-hidden className="grid size-10 shrink-0 place-items-center rounded-full bg-accent-wash text-accent [&>svg]:size-5">
          {icon}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{title}</span>
          <span className={`block text-sm ${good ? 'text-accent' : 'text-ink-soft'}`}>{hint}</span>
        </span>
        <ChevronRight
          size={18}
          aria-hidden
          className="shrink-0 text-ink-faint transition-transform group-hover:translate-x-0.5"
        />
      </button>
    </li>
  );
}
