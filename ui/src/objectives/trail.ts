// The shape of the path up the hill: a gentle climb with a few turns, in a box of 720 by 200. It is
// drawn as short straight pieces, so that any point of it can be named by how far along it lies.

export const WIDTH = 720;
export const HEIGHT = 200;
const LEFT = 24;
const RIGHT = WIDTH - 44;
const PIECES = 96;

export interface Point {
  x: number;
  y: number;
}

/** The height of the hill at a share of its width. */
function climb(share: number): number {
  const turns = Math.sin(share * Math.PI * 2.6 - 0.5) * 0.075 * (1 - share * 0.55);
  return HEIGHT * (0.86 - 0.6 * share ** 1.15 + turns);
}

const POINTS: readonly Point[] = Array.from({ length: PIECES + 1 }, (_, piece) => {
  const share = piece / PIECES;
  return { x: LEFT + (RIGHT - LEFT) * share, y: climb(share) };
});

const LENGTHS: readonly number[] = POINTS.reduce<number[]>((sums, point, at) => {
  const before = POINTS[at - 1];
  const step = before === undefined ? 0 : Math.hypot(point.x - before.x, point.y - before.y);
  return [...sums, (sums.at(-1) ?? 0) + step];
}, []);

/** The point so far along the path; 0 is its foot, 1 its top. */
export function pointAt(share: number): Point {
  const wanted = Math.min(1, Math.max(0, share)) * (LENGTHS.at(-1) ?? 0);
  const after = LENGTHS.findIndex((length) => length >= wanted);
  const [a, b] = [POINTS[Math.max(0, after - 1)], POINTS[Math.max(0, after)]];
  if (a === undefined || b === undefined) return { x: LEFT, y: HEIGHT };
  const from = LENGTHS[Math.max(0, after - 1)] ?? 0;
  const piece = (LENGTHS[after] ?? 0) - from;
  const part = piece === 0 ? 0 : (wanted - from) / piece;
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

const write = (points: readonly Point[]) => points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(' L');

export const TRAIL = `M${write(POINTS)}`;

/** The hill under the path, down to the ground. */
export const HILL = `M0 ${HEIGHT} L0 ${climb(0).toFixed(1)} L${write(POINTS)} C${RIGHT + 16} ${climb(1) + 4} ${WIDTH - 12} ${climb(1) + 22} ${WIDTH} ${climb(1) + 30} L${WIDTH} ${HEIGHT} Z`;

/** A farther hill behind it. */
export const FAR_HILL = `M0 ${HEIGHT} L0 ${HEIGHT * 0.62} C120 ${HEIGHT * 0.44} 210 ${HEIGHT * 0.7} 330 ${HEIGHT * 0.48} C430 ${HEIGHT * 0.3} 500 ${HEIGHT * 0.52} 590 ${HEIGHT * 0.4} C650 ${HEIGHT * 0.32} 690 ${HEIGHT * 0.5} ${WIDTH} ${HEIGHT * 0.46} L${WIDTH} ${HEIGHT} Z`;
