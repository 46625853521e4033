// Which models may be asked: all, or those that are ticked; a provider's tick is all of its models.

import { Check } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Switch } from '@/parts/switch';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

interface Props {
  /** `null` is all. */
  allowed: readonly string[] | null;
  onChange: (allowed: string[] | null) => void;
}

export function AllowedModels({ allowed, onChange }: Props) {
  const { t } = useTranslation();
  const { list, loaded } = useApp((state) => state.models);
  useEffect(() => {
    if (!loaded) actions.loadModels().catch(() => undefined);
  }, [loaded]);
  const listed = list.filter(({ provider }) => provider !== 'guide').map(({ id }) => id);
  const providers = [...new Set(listed.map((id) => id.slice(0, id.indexOf('/'))))].map((provider) => `${provider}/*`);
  // What was allowed and is not there now stays to be seen, and to be taken away.
  const all = [...new Set([...providers, ...listed, ...(allowed ?? [])])].sort();
  const toggle = (id: string) =>
    onChange(allowed?.includes(id) ? allowed.filter((one) => one !== id) : [...(allowed ?? []), id]);
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label={t('admin.limits.someModels')}
        hint={t('admin.limits.someModelsHint')}
        checked={allowed !== null}
        onCheckedChange={(some) => onChange(some ? [] : null)}
      />
      {allowed === null ? null : (
        <ul aria-label={t('admin.limits.allowedModels')} className="grid max-h-72 gap-0.5 overflow-y-auto rounded-md border p-1.5 sm:grid-cols-2">
          {all.map((id) => (
            <li key={id}>
              <ModelTick id={id} checked={allowed.includes(id)} onToggle={() => toggle(id)} />
            </li>
          ))}
          {all.length === 0 ? <li className="px-2 py-1.5 text-ink-soft">{t('admin.limits.noModels')}</li> : null}
        </ul>
      )}
    </div>
  );
}

function ModelTick({ id, checked, onToggle }: { id: string; checked: boolean; onToggle: () => void }) {
  const { t } = useTranslation();
  const whole = id.endsWith('/*');
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      onClick={onToggle}
      className="flex min-h-8 w-full pointer-coarse:min-h-touch items-center gap-2.5 rounded-sm px-2 text-left hover:bg-wash"
    >
      <span
        aria-hidden
        className={`grid size-4 shrink-0 place-items-center rounded-xs border ${checked ? 'border-accent bg-accent text-on-accent' : 'border-line-strong'}`}
      >
        {checked ? <Check size={12} strokeWidth={3} /> : null}
      </span>
      <span className={`truncate ${whole ? 'font-medium' : ''}`} title={id}>
        {whole ? t('admin.limits.allOf', { provider: id.slice(0, -2) }) : id}
      </span>
    </button>
  );
}
