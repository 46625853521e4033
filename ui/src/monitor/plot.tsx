// A small plot: one line over at most 120 samples, and the sample under the pointer in words.
//
// Drawn by hand in SVG. uPlot was weighed: for one line without axes it brings 50 kB and a canvas,
// which takes no colour from the theme and says nothing to a screen reader. Where a plot needs
// axes or zoom, take it.

import { useState, type PointerEvent } from 'react';
import type { Sample } from '@/client/metrics';
import { exactTime } from '@/i18n/relative-time';

const WIDTH = 240;
const HEIGHT = 44;
const PAD = 3;

interface Props {
  samples: readonly Sample[];
  /** What it shows, for those who do not see it. */
  label: string;
  format: (value: number) => string;
  /** The least that fills the height, so that a quiet line looks quiet. */
  atLeast?: number;
}

export function Plot({ samples, label, format, atLeast = 1 }: Props) {
  const [under, setUnder] = useState<number | null>(null);
  const top = Math.max(atLeast, ...samples.map(({ value }) => value));
  const step = samples.length < 2 ? 0 : (WIDTH - 2 * PAD) / (samples.length - 1);
  const place = ({ value }: Sample, at: number) => ({
    x: samples.length < 2 ? WIDTH - PAD : PAD + at * step,
    y: HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD),
  });
  const points = samples.map(place);
  const line = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(' L');
  const first = points[0];
  const last = points.at(-1);
  const chosen = under === null ? undefined : samples[under];
  const dot = under === null ? last : points[under];

  const moved = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * WIDTH;
    const nearest = step === 0 ? 0 : Math.round((x - PAD) / step);
    setUnder(samples.length === 0 ? null : Math.min(samples.length - 1, Math.max(0, nearest)));
  };

  return (
    <figure className="relative">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={label}
        className="block h-auto w-full touch-none"
        onPointerMove={moved}
        onPointerLeave={() => setUnder(null)}
      >
        <path d={`M${PAD} ${HEIGHT - PAD} H${WIDTH - PAD}`} strokeWidth={1} className="stroke-line" />
        {first !== undefined && last !== undefined && points.length > 1 && (
          <>
            <path d={`M${first.x} ${HEIGHT - PAD} L${line} L${last.x} ${HEIGHT - PAD} Z`} className="fill-accent-wash" />
            <path d={`M${line}`} fill="none" strokeWidth={1.5} strokeLinejoin="round" strokeLinecap="round" className="stroke-accent" />
          </>
        )}
        {dot !== undefined && <circle cx={dot.x} cy={dot.y} r={2.75} className="fill-accent" />}
      </svg>
      {chosen !== undefined && (
        <figcaption className="pointer-events-none absolute -top-1 right-0 rounded-xs bg-ink px-1.5 text-xs whitespace-nowrap text-paper tabular-nums">
          {format(chosen.value)} · {exactTime(chosen.at)}
        </figcaption>
      )}
    </figure>
  );
}
