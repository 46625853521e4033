// What a person does to objectives.

import { toast } from 'sonner';
import { makeId } from '@/client/ids';
import { i18next } from '@/i18n';
import { errorText } from '@/i18n/reason-text';
import { withUpdates, type Objective } from '@/objectives/model';
import type { Actions } from './actions';
import { chatActions } from './actions-chats';
import { showPlace } from './address';
import { getState, setState } from './app-store';
import { session } from './current-session';
import { without } from './reduce-list';

type ObjectiveActions = Pick<
  Actions,
  | 'showObjectives'
  | 'generateObjective'
  | 'cancelGeneration'
  | 'updateObjective'
  | 'archiveObjective'
  | 'deleteObjective'
  | 'discussObjective'
>;

const UNDO_MS = 8000;

function put(objective: Objective): void {
  const { objectives } = getState();
  setState({ objectives: { ...objectives, byId: { ...objectives.byId, [objective.id]: objective } } });
}

function withUndo(sentence: string, undo: () => Promise<unknown>): void {
  const onClick = () => void undo().catch((error: unknown) => toast.error(errorText(error)));
  toast(sentence, { duration: UNDO_MS, action: { label: i18next.t('common.undo'), onClick } });
}

export const objectiveActions: ObjectiveActions = {
  showObjectives(id = null) {
    session().look(null);
    setState({ place: { kind: 'objectives', id }, drawerOpen: false, panelOpen: false });
    showPlace();
  },

  generateObjective(wish) {
    const generationId = makeId('gen-');
    const { objectives } = getState();
    const asked = { generationId, prompt: wish.prompt, stage: 'thinking' as const, characters: 0, milestones: 0 };
    if (session().connection.send('generate_objective', { ...wish, generationId })) {
      setState({ objectives: { ...objectives, generating: { ...objectives.generating, [generationId]: asked } } });
    } else {
      const outcome = { kind: 'failed' as const, reason: 'no_connection' };
      setState({ objectives: { ...objectives, outcomes: { ...objectives.outcomes, [generationId]: outcome } } });
    }
    return generationId;
  },

  cancelGeneration(generationId) {
    session().connection.send('stop', { messageId: generationId });
  },

  async updateObjective(id, updates) {
    const before = getState().objectives.byId[id];
    if (before === undefined) return;
    put(withUpdates(before, updates));
    try {
      await session().requests.ask('update_objective', { objectiveId: id, updates }, 'objective_updated');
    } catch (error) {
      put(before);
      toast.error(i18next.t('toast.saveFailed', { reason: errorText(error) }));
    }
  },

  async archiveObjective(id) {
    const before = getState().objectives.byId[id];
    if (before === undefined) return;
    await objectiveActions.updateObjective(id, { status: 'archived' });
    if (getState().objectives.byId[id]?.status !== 'archived') return;
    withUndo(i18next.t('objectives.archivedToast', { title: before.title }), () =>
      objectiveActions.updateObjective(id, { status: before.status }),
    );
  },

  async deleteObjective(id) {
    const { objectives, place } = getState();
    const before = objectives.byId[id];
    if (before === undefined) return;
    if (place.kind === 'objectives' && place.id === id) objectiveActions.showObjectives();
    setState({ objectives: { ...objectives, byId: without(objectives.byId, id) } });
    try {
      await session().requests.ask('delete_objective', { objectiveId: id }, 'objective_deleted');
      withUndo(i18next.t('objectives.deletedToast', { title: before.title }), () =>
        session().requests.ask('restore_objective', { objectiveId: id }, 'objective_updated'),
      );
    } catch (error) {
      put(before);
      toast.error(errorText(error));
    }
  },

  async discussObjective(id) {
    try {
      const answer = await session().requests.ask('discuss_objective', { objectiveId: id }, 'objective_updated');
      const { chatId } = answer.objective;
      if (chatId !== undefined) chatActions.selectChat(chatId);
    } catch (error) {
      toast.error(errorText(error));
    }
  },
};
