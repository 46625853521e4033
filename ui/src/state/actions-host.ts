// What a person does about the connection, the account, models and providers.

import { host } from '@/platform';
import { RequestError } from '@/client/requests';
import { closeAccount } from './account';
import { ask } from './api';
import { leaveServer, watchOthers } from '@/servers/switch-server';
import type { Actions } from './actions';
import { getState, initialState, setState } from './app-store';
import { session } from './current-session';

type HostActions = Pick<
  Actions,
  | 'retryNow'
  | 'ping'
  | 'signIn'
  | 'signOut'
  | 'reconnectToHost'
  | 'setPassword'
  | 'acceptInvitation'
  | 'leaveInvitation'
  | 'updateSettings'
  | 'loadModels'
  | 'loadProviders'
  | 'findProviders'
  | 'saveProvider'
  | 'removeProvider'
  | 'setProviderKey'
  | 'testProvider'
>;

/** Everything that belongs to an account; the device's own settings stay. */
export function forgetAccount(): void {
  session().forget();
  closeAccount(session());
  const { device, booted, server, connection } = getState();
  setState({ ...initialState, device, booted, server, connection }, true);
}

export const hostActions: HostActions = {
  retryNow: () => session().connection.retryNow(),

  ping: () => void session().connection.send('ping', { timestamp: Date.now() }),

  async signIn(name, password) {
    if (host.desktop !== null) {
      const active = (await host.desktop.servers()).find((server) => server.active);
      if (active !== undefined) await host.desktop.signInServer({ address: active.address, name, password, ...(active.certificate !== undefined && { certificate: active.certificate }) });
      session().connection.start();
      return;
    }
    if (host.browserAccount === null) throw new RequestError({ code: 'AUTH_FAILED', reason: 'internal', message: 'not here', retryable: false });
    await host.browserAccount.signIn(name, password);
    session().connection.start();
  },

  async signOut() {
    session().connection.signOut();
    const told = host.browserAccount?.signOut();
    // What was read here is not for the next one at this computer; what was written waits. A server
    // that is slow to hear of it does not keep it on the screen.
    await session().cache.forget();
    forgetAccount();
    await told;
  },

  async reconnectToHost() {
    leaveServer();
    session().connection.stop();
    forgetAccount();
    setState({ server: null });
    history.replaceState(null, '', '/');
    session().connection.start();
    await watchOthers();
  },

  async setPassword(password, current) {
    await ask('POST', '/api/session/password', { password, ...(current !== undefined && { current }) });
  },

  async acceptInvitation(code, name, password) {
    await host.browserAccount?.accept(code, name, password);
    hostActions.leaveInvitation();
  },

  leaveInvitation() {
    setState({ invitation: null });
    session().connection.start();
  },

  async updateSettings(change) {
    await session().requests.ask('update_settings', change, 'settings');
  },

  async loadModels() {
    await session().requests.ask('list_models', {}, 'models');
  },

  async loadProviders() {
    await session().requests.ask('list_providers', {}, 'providers');
  },

  async findProviders() {
    const { found } = await session().requests.ask('find_providers', {}, 'providers_found');
    setState({ found });
    return found;
  },

  async saveProvider(input) {
    await session().requests.ask('save_provider', input, 'providers');
    session().connection.send('list_models', {});
  },

  async removeProvider(providerId) {
    await session().requests.ask('remove_provider', { providerId }, 'providers');
    session().connection.send('list_models', {});
  },

  async setProviderKey(providerId, key, sessionOnly) {
    const { desktop } = host;
    // Only the app's own server shares this computer's keyring.
    if (desktop !== null && getState().server?.remote === false) {
      if (key === null) await desktop.removeProviderKey(providerId);
      else await desktop.setProviderKey({ provider: providerId, key, sessionOnly });
      await session().requests.ask('list_providers', {}, 'providers');
    } else {
      await session().requests.ask('set_provider_key', { providerId, key }, 'providers');
    }
    session().connection.send('list_models', {});
  },

  async testProvider(providerId) {
    const answer = await session().requests.ask('test_provider', { providerId }, 'provider_tested');
    return answer.models;
  },
};
