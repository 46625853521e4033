import { describe, expect, it } from 'vitest';
import { NO_OBJECTIVES, withUpdates, type Generation, type Objective } from './model';
import { reduceObjectives, type ObjectiveFrame } from './reduce-objectives';

const TIME = '2026-01-01T00:00:00.000Z';

function objective(id: string, extra: Partial<Objective> = {}): Objective {
  return {
    id, title: id, description: '', category: '', difficulty: 'beginner', status: 'active', progress: 0,
    milestones: [], createdAt: TIME, updatedAt: TIME, revision: 1, ...extra,
  };
}
const progress = (stage: Generation['stage'], extra: Partial<Generation> = {}): ObjectiveFrame => ({
  type: 'objective_progress',
  data: { generationId: 'g', prompt: 'p', stage, characters: 0, milestones: 0, ...extra },
});
const error = (reason: 'garbled' | 'internal', generationId?: string): ObjectiveFrame => ({
  type: 'error',
  data: { code: 'SERVER_ERROR', message: '', retryable: false, reason, ...(generationId !== undefined && { generationId }) },
});
const hear = (...frames: ObjectiveFrame[]) => frames.reduce(reduceObjectives, NO_OBJECTIVES);
const listed: ObjectiveFrame = { type: 'objectives', data: { objectives: [objective('a')], generating: [] } };

describe('objectives', () => {
  it('come as a list, change, and go', () => {
    const state = hear(listed, { type: 'objective_updated', data: { objective: objective('b') } });
    expect(Object.keys(state.byId)).toEqual(['a', 'b']);
    expect(reduceObjectives(state, { type: 'objective_deleted', data: { objectiveId: 'a' } }).byId).not.toHaveProperty('a');
  });

  it('never go back to an older revision', () => {
    const state = hear(
      { type: 'objective_updated', data: { objective: objective('a', { revision: 3, title: 'new' }) } },
      { type: 'objective_updated', data: { objective: objective('a', { revision: 2, title: 'old' }) } },
    );
    expect(state.byId['a']?.title).toBe('new');
  });

  it('grow while they are written, and are there once, whatever comes late', () => {
    const made: ObjectiveFrame = { type: 'objective_generated', data: { objective: objective('a'), generationId: 'g', generationTime: 9 } };
    const state = hear(listed, progress('thinking'), progress('writing', { title: 'T', milestones: 2 }));
    expect(state.generating['g']).toMatchObject({ title: 'T', milestones: 2 });
    const end = [made, made, progress('writing')].reduce(reduceObjectives, state);
    expect(end.generating).toEqual({});
    expect(end.outcomes['g']).toEqual({ kind: 'made', objectiveId: 'a' });
  });

  it('can be cancelled, and can fail with a reason', () => {
    expect(hear(progress('writing'), progress('cancelled')).outcomes['g']).toEqual({ kind: 'cancelled' });
    const failed = hear(progress('writing'), progress('failed'), error('garbled', 'g'));
    expect(failed).toMatchObject({ generating: {}, outcomes: { g: { kind: 'failed', reason: 'garbled' } } });
  });

  it('do not mind the errors of others', () => {
    expect(hear(error('internal'))).toBe(NO_OBJECTIVES);
  });
});

describe('what the server will say', () => {
  const four = objective('a', {
    milestones: ['1', '2', '3', '4'].map((id) => ({ id, title: `M${id}`, completed: false, dueDate: '2026-12-31' })),
  });

  it('lets progress follow a tick', () => {
    const next = withUpdates(four, { milestones: [{ id: '2', completed: true }] });
    expect(next.progress).toBe(25);
    expect(next.milestones[1]).toMatchObject({ title: 'M2', completed: true, dueDate: '2026-12-31' });
  });

  it('takes a new list whole, and keeps what it leaves out of a known one', () => {
    const next = withUpdates(four, { milestones: [{ id: '3', title: 'First' }, { title: 'Fresh' }] });
    expect(next.milestones.map(({ title }) => title)).toEqual(['First', 'Fresh']);
    expect(next.milestones[0]?.dueDate).toBe('2026-12-31');
  });

  it('prefers a progress that is given', () => {
    expect(withUpdates(four, { progress: 60 }).progress).toBe(60);
  });
});
