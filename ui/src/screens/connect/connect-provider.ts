// Saves a provider with its key, asks it for its models, and picks the one to begin with. What did
// not work is taken back, so that a wrong key does not leave a dead provider in charge.

import type { WireModel } from '@/client/wire';
import { actions } from '@/state/actions';
import { getState } from '@/state/app-store';

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
  const before = getState().providers?.find((one) => one.active);
  const input = { providerId: provider.id, name: provider.name, baseUrl: provider.baseUrl };
  await actions.saveProvider(input);
  try {
    if (provider.key !== '') await actions.setProviderKey(provider.id, provider.key, provider.sessionOnly);
    const models = await actions.testProvider(provider.id);
    const names = models.map((model) => model.name);
    const defaultModel = names.includes(provider.preferredModel) ? provider.preferredModel : names[0];
    if (defaultModel !== undefined) await actions.saveProvider({ ...input, defaultModel });
    return models;
  } catch (error) {
    await actions.removeProvider(provider.id).catch(() => undefined);
    if (before && !before.fixed) await makeActive(before).catch(() => undefined);
    throw error;
  }
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
