// Saves a provider with its key, asks it for its models, and picks the one to begin with. What did
// not work is taken back, so that a wrong key does not leave a dead provider in charge.

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
  const providers = getState().providers ?? [];
  const before = providers.find((one) => one.active);
  const ids = providers.map((one) => one.providerId);
  const known = ids.includes(provider.id);
  const input = { providerId: provider.id, name: provider.name, baseUrl: provider.baseUrl };
  // One that exists keeps its key and its place until the new one is known to work: a key cannot
  // be read back. So the new one is tried under another name, its key for this session only.
  const trial = known ? { ...input, providerId: providerId(`${provider.id}-trial`, ids) } : input;
  await actions.saveProvider(trial);
  try {
    await setKey(trial.providerId, provider, known || provider.sessionOnly);
    const models = await actions.testProvider(trial.providerId);
    const names = models.map((model) => model.name);
    const defaultModel = names.includes(provider.preferredModel) ? provider.preferredModel : names[0];
    if (known) {
      await actions.saveProvider({ ...input, ...(defaultModel !== undefined && { defaultModel }) });
      await setKey(provider.id, provider, provider.sessionOnly);
      await actions.removeProvider(trial.providerId).catch(() => undefined);
    } else if (defaultModel !== undefined) {
      await actions.saveProvider({ ...input, defaultModel });
    }
    return models;
  } catch (error) {
    await actions.removeProvider(trial.providerId).catch(() => undefined);
    if (before && !before.fixed) await makeActive(before).catch(() => undefined);
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

/** The wire's way to make a provider the one that answers: save it again. */
export function makeActive({ providerId, name, baseUrl, defaultModel }: Known): Promise<void> {
  return actions.saveProvider({
    providerId,
    name,
    baseUrl,
    ...(defaultModel === null ? {} : { defaultModel }),
  });
}

/** To save is also to make active, on the wire: whoever answered before does so again. */
export async function chooseDefaultModel(provider: Known, defaultModel: string | null): Promise<void> {
  const before = getState().providers?.find((one) => one.active);
  await makeActive({ ...provider, defaultModel });
  if (before && before.providerId !== provider.providerId && !before.fixed) await makeActive(before);
}
