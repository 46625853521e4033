// Days side by side, each a bar; the one under the pointer or the arrow keys in words.
//
// Drawn by hand for the reasons given in `monitor/plot.tsx`: it takes its colours from the theme
// and its words are for everybody.

import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { currentLanguage } from '@/i18n';
import type { DayAmount } from './usage-sums';

const WIDTH = 720;
const HEIGHT = 140;
const GAP = 0.25;

interface Props {
  days: readonly DayAmount[];
  label: string;
  format: (amount: number) => string;
}

const dayWords = (day: string, style: 'long' | 'short') =>
  new Intl.DateTimeFormat(currentLanguage(), {
    timeZone: 'UTC',
    ...(style === 'long' ? { dateStyle: 'full' } : { day: 'numeric', month: 'short' }),
  }).format(Date.parse(day));

export function DayBars({ days, label, format }: Props) {
  const { t } = useTranslation();
  const [under, setUnder] = useState<number | null>(null);
  const most = Math.max(1, ...days.map(({ amount }) => amount));
  const step = WIDTH / Math.max(1, days.length);
  const chosen = under === null ? undefined : days[under];
  const first = days[0];
  const last = days.at(-1);

  const moved = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setUnder(Math.min(days.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * days.length))));
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setUnder((at) => Math.min(days.length - 1, Math.max(0, (at ?? days.length) + by)));
  };
  return (
    <figure className="flex flex-col gap-1">
      <figcaption role="status" className="h-5 text-right text-sm text-ink-soft tabular-nums">
        {chosen === undefined ? null : `${dayWords(chosen.day, 'long')}: ${format(chosen.amount)}`}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
        // The arrow keys go from day to day.
        tabIndex={0}
        className="block h-36 w-full touch-pan-y rounded-xs"
        onPointerMove={moved}
        onPointerLeave={() => setUnder(null)}
        onKeyDown={pressed}
        onBlur={() => setUnder(null)}
      >
        <path d={`M0 ${HEIGHT - 0.5} H${WIDTH}`} strokeWidth={1} className="stroke-line" vectorEffect="non-scaling-stroke" />
        {days.map(({ day, amount }, at) => {
          const height = amount === 0 ? 0 : Math.max(2, (amount / most) * (HEIGHT - 4));
          return (
            <g key={day}>
              {at === under ? <rect x={at * step} y={0} width={step} height={HEIGHT} className="fill-wash" /> : null}
              <rect
                x={at * step + (step * GAP) / 2}
                y={HEIGHT - height}
                width={step * (1 - GAP)}
                height={height}
                className={at === under ? 'fill-accent-hover' : 'fill-accent'}
              />
            </g>
          );
        })}
      </svg>
      <p aria-hidden className="flex justify-between text-xs text-ink-faint tabular-nums">
        <span>{first === undefined ? '' : dayWords(first.day, 'short')}</span>
        <span>{t('admin.usage.most', { amount: format(most) })}</span>
        <span>{last === undefined ? '' : dayWords(last.day, 'short')}</span>
      </p>
    </figure>
  );
}
