// Saves a provider with its key, asks it for its models, and picks the one to begin with. It is put
// in charge only once it answered; what did not work is taken back.

import type { WireModel } from '@/client/wire';
import { actions } from '@/state/actions';
import { getState } from '@/state/app-store';
import { providerId } from './presets';

export interface NewProvider {
  id: string;
  name: string;
  baseUrl: string;
  key: string;
  sessionOnly: boolean;
  preferredModel: string;
}

/** The models it offers. Rejects, with everything as it was, when it does not answer. */
export async function connectProvider(provider: NewProvider): Promise<WireModel[]> {
  const ids = (getState().providers ?? []).map((one) => one.providerId);
  const known = ids.includes(provider.id);
  const input = { providerId: provider.id, name: provider.name, baseUrl: provider.baseUrl };
  // One that exists keeps its key and its place until the new one is known to work: a key cannot
  // be read back. So the new one is tried under another name, its key for this session only.
  const trial = known ? { ...input, providerId: providerId(`${provider.id}-trial`, ids) } : input;
  await actions.saveProvider({ ...trial, activate: false });
  try {
    await setKey(trial.providerId, provider, known || provider.sessionOnly);
    const models = await actions.testProvider(trial.providerId);
    const names = models.map((model) => model.name);
    const defaultModel = names.includes(provider.preferredModel) ? provider.preferredModel : names[0];
    await actions.saveProvider({ ...input, ...(defaultModel !== undefined && { defaultModel }) });
    if (known) {
      await setKey(provider.id, provider, provider.sessionOnly);
      await actions.removeProvider(trial.providerId).catch(() => undefined);
    }
    return models;
  } catch (error) {
    await actions.removeProvider(trial.providerId).catch(() => undefined);
    throw error;
  }
}

async function setKey(id: string, { key }: NewProvider, sessionOnly: boolean): Promise<void> {
  if (key !== '') await actions.setProviderKey(id, key, sessionOnly);
}

interface Known {
  providerId: string;
  name: string;
  baseUrl: string;
  defaultModel: string | null;
}

function save({ providerId, name, baseUrl, defaultModel }: Known, activate: boolean): Promise<void> {
  const model = defaultModel === null ? {} : { defaultModel };
  return actions.saveProvider({ providerId, name, baseUrl, ...model, activate });
}

/** From now on it answers where nobody chose a model. */
export const makeActive = (provider: Known): Promise<void> => save(provider, true);

/** Whoever answers now goes on. */
export const chooseDefaultModel = (provider: Known, defaultModel: string | null): Promise<void> =>
  save({ ...provider, defaultModel }, false);
