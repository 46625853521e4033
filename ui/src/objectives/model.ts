// What an objective is here, and what follows from it. Plain data; `reduce-objectives.ts` says what
// a frame of the server changes.

import type {
  Difficulty,
  Milestone,
  MilestoneUpdate,
  Objective,
  ObjectiveProgress,
  ObjectiveStatus,
  ObjectiveUpdates,
} from '@/generated/wire';

export type { Difficulty, Milestone, MilestoneUpdate, Objective, ObjectiveStatus, ObjectiveUpdates };

/** An objective that the model is writing. */
export type Generation = ObjectiveProgress;

export const DIFFICULTIES: readonly Difficulty[] = ['beginner', 'intermediate', 'advanced'];

export interface Wish {
  prompt: string;
  difficulty?: Difficulty;
  category?: string;
}

/** How a generation that was asked for here ended. */
export type Outcome = { kind: 'made'; objectiveId: string } | { kind: 'cancelled' } | { kind: 'failed'; reason: string };

export interface Objectives {
  /** False until the server listed them once, and for ever where it knows none. */
  loaded: boolean;
  byId: Record<string, Objective>;
  generating: Record<string, Generation>;
  outcomes: Record<string, Outcome>;
}

export const NO_OBJECTIVES: Objectives = { loaded: false, byId: {}, generating: {}, outcomes: {} };

export const doneCount = ({ milestones }: Objective): number => milestones.filter(({ completed }) => completed).length;

/** What is to be done next. */
export const nextMilestone = ({ milestones }: Objective): Milestone | undefined =>
  milestones.find(({ completed }) => !completed);

/** The share of milestones that are done, as the server counts it. */
export function progressOf(milestones: readonly Milestone[]): number {
  if (milestones.length === 0) return 0;
  return Math.round((100 * milestones.filter(({ completed }) => completed).length) / milestones.length);
}

export function ofStatus(objectives: Record<string, Objective>, status: ObjectiveStatus): Objective[] {
  return Object.values(objectives)
    .filter((objective) => objective.status === status)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** What the server will most likely say to these updates. */
export function withUpdates(objective: Objective, { milestones, ...updates }: ObjectiveUpdates): Objective {
  if (milestones === undefined) return { ...objective, ...updates };
  const next = withMilestones(objective.milestones, milestones);
  return { ...objective, progress: progressOf(next), ...updates, milestones: next };
}

function withMilestones(known: readonly Milestone[], updates: readonly MilestoneUpdate[]): Milestone[] {
  const find = (id: string | undefined) => known.find((milestone) => milestone.id === id);
  const partial = updates.every(({ id, title }) => title === undefined && find(id) !== undefined);
  if (partial) return known.map((one) => changed(one, updates.find(({ id }) => id === one.id)));
  return updates.map((update, place) =>
    changed(find(update.id) ?? { id: update.id ?? `new-${place}`, title: '', completed: false }, update),
  );
}

/** Fields left out stay; `null` takes one away. */
function changed(one: Milestone, update: MilestoneUpdate | undefined): Milestone {
  const given = Object.entries(update ?? {}).filter(([, value]) => value !== null);
  const taken = Object.entries(update ?? {}).filter(([, value]) => value === null);
  const next = { ...one, ...Object.fromEntries(given) };
  for (const [field] of taken) Reflect.deleteProperty(next, field);
  return next;
}
