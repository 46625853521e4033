// How far one has come, as a path up a hill: what is behind is drawn through, every milestone is a
// stop on it, and at the top stands a flag.

import { useTranslation } from 'react-i18next';
import { doneCount, type Objective } from './model';
import { FAR_HILL, HEIGHT, HILL, pointAt, TRAIL, WIDTH } from './trail';

const FLAG = pointAt(1);

export function ProgressTrail({ objective }: { objective: Objective }) {
  const { t } = useTranslation();
  const { progress, milestones, title } = objective;
  const share = progress / 100;
  const arrived = progress >= 100;
  const here = pointAt(share);

  return (
    <div
      role="progressbar"
      aria-label={t('objectives.progressOf', { title })}
      aria-valuenow={progress}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={t('objectives.progressText', { progress, done: doneCount(objective), total: milestones.length })}
      className="overflow-hidden rounded-xl bg-paper-sunk"
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className="block h-auto w-full">
        <circle
          cx={WIDTH * 0.78}
          cy={arrived ? 34 : 52}
          r={arrived ? 19 : 15}
          className={`transition-all duration-1000 ${arrived ? 'fill-accent opacity-30' : 'fill-wash-strong'}`}
        />
        <path d={FAR_HILL} className="fill-wash" />
        <path d={HILL} className="fill-accent-wash" />
        <path d={TRAIL} fill="none" strokeWidth={2.5} strokeDasharray="1 7" strokeLinecap="round" className="stroke-line-strong" />
        <path
          d={TRAIL}
          pathLength={1}
          fill="none"
          strokeWidth={4}
          strokeLinecap="round"
          strokeDasharray={share === 0 ? '0 2' : `${share} 2`}
          className={`stroke-accent transition-[stroke-dasharray] duration-700 ${share === 0 ? 'opacity-0' : ''}`}
        />
        {milestones.map((milestone, at) => {
          const { x, y } = pointAt((at + 1) / milestones.length);
          return (
            <circle
              key={milestone.id}
              cx={x}
              cy={y}
              r={milestones.length > 14 ? 4 : 6}
              strokeWidth={2}
              className={`transition-colors duration-500 ${
                milestone.completed ? 'fill-accent stroke-accent' : 'fill-paper stroke-line-strong'
              }`}
            />
          );
        })}
        <g
          className="transition-transform duration-700"
          style={{ transform: `translate(${here.x.toFixed(1)}px, ${here.y.toFixed(1)}px)` }}
        >
          <circle r={13} className="animate-pulse-quiet fill-accent opacity-20" />
          <circle r={6.5} strokeWidth={3} className="fill-paper-raised stroke-accent" />
        </g>
        <g style={{ transform: `translate(${FLAG.x}px, ${FLAG.y}px)` }}>
          <path d="M0 -8 V-40" strokeWidth={2.5} strokeLinecap="round" className="stroke-ink-soft" />
          <path
            d="M1 -39 C9 -44 15 -35 26 -39 L22 -30.5 L26 -22 C15 -18 9 -27 1 -22 Z"
            strokeWidth={1.5}
            strokeLinejoin="round"
            className={`transition-colors duration-700 ${arrived ? 'fill-accent stroke-accent' : 'fill-paper stroke-ink-faint'}`}
          />
        </g>
      </svg>
    </div>
  );
}
