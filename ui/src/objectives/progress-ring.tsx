// How far one has come, small: a ring with one piece for each milestone.

const SIZE = 44;
const RADIUS = 18;
const AROUND = 2 * Math.PI * RADIUS;
/** More pieces than that would be dust: then the ring is whole. */
const MOST_PIECES = 16;

interface Props {
  progress: number;
  done: readonly boolean[];
  size?: number;
}

export function ProgressRing({ progress, done, size = SIZE }: Props) {
  const pieces = done.length > 1 && done.length <= MOST_PIECES ? done : null;
  const gap = pieces === null ? 0 : 4;
  const piece = AROUND / (pieces?.length ?? 1);

  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} width={size} height={size} aria-hidden="true" className="shrink-0">
      <g transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`} fill="none" strokeWidth={4} strokeLinecap={pieces === null ? 'round' : 'butt'}>
        {pieces === null ? (
          <>
            <circle cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} className="stroke-wash-strong" />
            {progress > 0 && (
              <circle
                cx={SIZE / 2}
                cy={SIZE / 2}
                r={RADIUS}
                pathLength={100}
                strokeDasharray={`${progress} 200`}
                className="stroke-accent transition-[stroke-dasharray] duration-500"
              />
            )}
          </>
        ) : (
          pieces.map((completed, at) => (
            <circle
              // The pieces have no life of their own: they are places around the ring.
              key={at}
              cx={SIZE / 2}
              cy={SIZE / 2}
              r={RADIUS}
              strokeDasharray={`${piece - gap} ${AROUND}`}
              strokeDashoffset={-(at * piece + gap / 2)}
              className={`transition-colors duration-500 ${completed ? 'stroke-accent' : 'stroke-wash-strong'}`}
            />
          ))
        )}
      </g>
      {progress >= 100 ? (
        <path d="M15.5 22.5 l4.5 4.5 l9 -10" fill="none" strokeWidth={3} strokeLinecap="round" strokeLinejoin="round" className="stroke-accent" />
      ) : (
        size >= SIZE && (
          <text x={SIZE / 2} y={SIZE / 2 + 4} textAnchor="middle" className="fill-ink-soft text-xs font-medium tabular-nums">
            {progress}
          </text>
        )
      )}
    </svg>
  );
}
