// What a frame does to the objectives. Pure and idempotent: the same frame twice changes nothing,
// and an older revision never replaces a newer one.

import type { ServerFrame } from '@/client/wire';
import type { Generation, Objective, Objectives, Outcome } from './model';

export type ObjectiveFrame = Extract<
  ServerFrame,
  {
    type:
      | 'objectives'
      | 'objective_progress'
      | 'objective_generated'
      | 'objective_updated'
      | 'objective_deleted'
      | 'error';
  }
>;

const TYPES = new Set<string>([
  'objectives',
  'objective_progress',
  'objective_generated',
  'objective_updated',
  'objective_deleted',
  'error',
] satisfies ObjectiveFrame['type'][]);

export function isObjectiveFrame(frame: ServerFrame): frame is ObjectiveFrame {
  return TYPES.has(frame.type);
}

const byKey = <T>(list: readonly T[], key: (one: T) => string): Record<string, T> =>
  Object.fromEntries(list.map((one) => [key(one), one]));

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  return key in record ? Object.fromEntries(Object.entries(record).filter(([id]) => id !== key)) : record;
}

export function reduceObjectives(state: Objectives, frame: ObjectiveFrame): Objectives {
  switch (frame.type) {
    case 'objectives':
      return {
        ...state,
        loaded: true,
        byId: byKey(frame.data.objectives, ({ id }) => id),
        generating: byKey(frame.data.generating, ({ generationId }) => generationId),
      };
    case 'objective_progress':
      return progressed(state, frame.data);
    case 'objective_generated': {
      const { objective, generationId } = frame.data;
      return ended(put(state, objective), generationId, { kind: 'made', objectiveId: objective.id });
    }
    case 'objective_updated':
      return put(state, frame.data.objective);
    case 'objective_deleted':
      return { ...state, byId: without(state.byId, frame.data.objectiveId) };
    case 'error': {
      const { generationId, reason } = frame.data;
      if (generationId === undefined) return state;
      return ended(state, generationId, { kind: 'failed', reason });
    }
    default:
      return frame satisfies never;
  }
}

function put(state: Objectives, objective: Objective): Objectives {
  const old = state.byId[objective.id];
  if (old !== undefined && old.revision > objective.revision) return state;
  return { ...state, byId: { ...state.byId, [objective.id]: objective } };
}

function progressed(state: Objectives, generation: Generation): Objectives {
  const { generationId, stage } = generation;
  if (stage === 'cancelled') return ended(state, generationId, { kind: 'cancelled' });
  if (stage === 'failed') return { ...state, generating: without(state.generating, generationId) };
  // A late word of what has ended brings nothing back.
  if (state.outcomes[generationId] !== undefined) return state;
  return { ...state, generating: { ...state.generating, [generationId]: generation } };
}

function ended(state: Objectives, generationId: string, outcome: Outcome): Objectives {
  return {
    ...state,
    generating: without(state.generating, generationId),
    outcomes: { ...state.outcomes, [generationId]: outcome },
  };
}
