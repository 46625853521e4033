// The host inside the desktop window: the app's own server (or a relay to another one), the OS
// keyring, and settings in `device.json`.

import { invoke } from '@tauri-apps/api/core';
import { openUrl } from '@tauri-apps/plugin-opener';
import { getStore, type Store } from '@tauri-apps/plugin-store';
import { HostError, type Connection, type Desktop, type DeviceStore, type Host } from './host';

async function command<T>(name: string, input?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, input);
  } catch (error) {
    const { code, message, fingerprint } = (typeof error === 'object' && error !== null ? error : {}) as {
      code?: string;
      message?: string;
      fingerprint?: string;
    };
    throw new HostError(code ?? 'internal', message ?? String(error), { fingerprint });
  }
}

/** The app opened `device.json` before its window; the page may use that file and no other. */
async function deviceFile(): Promise<Store> {
  const store = await getStore('device.json');
  if (store === null) throw new HostError('internal', 'device.json is not open');
  return store;
}

const tauriDevice: DeviceStore = {
  get: async <T>(key: string) => (await deviceFile()).get<T>(key),
  set: async (key, value) => (await deviceFile()).set(key, value),
  remove: async (key) => void (await (await deviceFile()).delete(key)),
};

const desktop: Desktop = {
  servers: () => command('servers'),
  signInServer: (input) => command('sign_in_server', input),
  lookAtServer: ({ address, certificate }) => command('look_at_server', { address, certificate }),
  signInByBrowser: ({ address, certificate }) => command('sign_in_by_browser', { address, certificate }),
  cancelBrowserSignIn: () => command('cancel_browser_sign_in'),
  askPairing: (input) => command('ask_pairing', { ...input }),
  claimPairing: () => command('claim_pairing'),
  cancelPairing: () => command('cancel_pairing'),
  useServer: (id) => command('use_server', { id }),
  serverConnection: (id) => command('server_connection', { id }),
  renameServer: (id, name) => command('rename_server', { id, name }),
  removeServer: (id) => command('remove_server', { id }),
  keyringState: () => command('keyring_state'),
  setProviderKey: async (input) =>
    (await command<{ key: 'keyring' | 'session' }>('set_provider_key', input)).key,
  removeProviderKey: async (provider) => {
    await command('remove_provider_key', { provider });
  },
  signInLink: () => command('sign_in_link'),
};

/** The way to the server that is shown; without a token where a person has to sign in anew. */
async function connection(): Promise<Connection> {
  try {
    return await command<Connection>('connection');
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'sign_in_required') throw error;
    const shown = (await desktop.servers()).find(({ active }) => active);
    if (shown === undefined) throw error;
    return { url: '', token: null, serverId: shown.id, serverName: shown.name, remote: true };
  }
}

export function tauriHost(): Host {
  return {
    device: tauriDevice,
    desktop,
    browserAccount: null,
    connection,
    renewToken: async () => (await connection()).token,
    openExternal: (url) => openUrl(url),
  };
}
