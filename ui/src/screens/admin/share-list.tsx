// Who or what had which share, as bars beside one another; a row may choose what else is shown.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Share } from './usage-sums';

const FEW = 12;

interface Props {
  title: string;
  shares: readonly Share[];
  format: (amount: number) => string;
  /** Absent: the rows are not to be chosen. */
  chosen?: string | null;
  onChoose?: (key: string | null) => void;
}

export function ShareList({ title, shares, format, chosen = null, onChoose }: Props) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const most = Math.max(1, ...shares.map(({ amount }) => amount));
  return (
    <section aria-label={title}>
      <h2 className="pb-1 text-xs text-ink-faint">{title}</h2>
      <ul className="-mx-2 flex flex-col">
        {(all ? shares : shares.slice(0, FEW)).map((share) => (
          <li key={share.key}>
            <Row share={share} most={most} format={format} chosen={chosen === share.key} {...(onChoose === undefined ? {} : { onChoose })} />
          </li>
        ))}
      </ul>
      {all || shares.length <= FEW ? null : (
        <button type="button" className="mt-1 min-h-8 pointer-coarse:min-h-touch rounded-sm text-accent hover:underline" onClick={() => setAll(true)}>
          {t('admin.showAll')}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  share: Share;
  most: number;
  format: (amount: number) => string;
  chosen: boolean;
  onChoose?: (key: string | null) => void;
}

function Row({ share, most, format, chosen, onChoose }: RowProps) {
  const inside = (
    <>
      <span className="flex justify-between gap-3">
        <span className="truncate" title={share.name}>
          {share.name}
        </span>
        <span className="shrink-0 tabular-nums">{format(share.amount)}</span>
      </span>
      <span aria-hidden className="mt-1 block h-1 rounded-full bg-wash-strong">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${(100 * share.amount) / most}%` }} />
      </span>
    </>
  );
  if (onChoose === undefined) return <div className="px-2 py-1.5">{inside}</div>;
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={() => onChoose(chosen ? null : share.key)}
      className={`block w-full rounded-md px-2 py-1.5 pointer-coarse:min-h-touch text-left ${chosen ? 'bg-wash-strong' : 'hover:bg-wash'}`}
    >
      {inside}
    </button>
  );
}
