// The start of the app: what this device remembers first, then the connection. Runs once.

import { toast } from 'sonner';
import { openCacheStore } from '@/cache/cache-store';
import { ChatCache } from '@/cache/chat-cache';
import { measureChat } from '@/client/measure';
import { openOutboxStore } from '@/client/outbox-store';
import { openSocket } from '@/client/socket';
import { mayReach, wakeOnReturn } from '@/client/wake';
import { i18next, setLanguage } from '@/i18n';
import { reasonText } from '@/i18n/reason-text';
import { metrics } from '@/monitor/metrics';
import { host } from '@/platform';
import { takePairing } from '@/screens/sharing/phone/pairing';
import { rememberServer, watchOthers } from '@/servers/switch-server';
import { openAccount } from './account';
import { actions } from './actions';
import { forgetAccount } from './actions-host';
import { chatInAddress, placeInAddress } from './address';
import { getState, setState, useApp } from './app-store';
import { setSession } from './current-session';
import { keepDraftsOnLeaving } from './drafts';
import { keepCached } from './keep-cached';
import { Session } from './session';
import { accountKey, target } from './target';
import { applyTheme } from './theme';
import type { DeviceSettings, Person } from './types';

async function loadDevice(): Promise<void> {
  const saved = await host.device.get<Partial<DeviceSettings>>('settings').catch(() => undefined);
  const device = { ...getState().device, ...saved };
  setState({ device });
  applyTheme(device.theme);
  setLanguage(device.language);
}

async function signedIn(session: Session, person: Person): Promise<void> {
  const { server } = getState();
  if (server !== null) {
    void host.device.set(accountKey(server.serverId), person.userId).catch(() => undefined);
    await openAccount(session, `${server.serverId} ${person.userId}`);
  }
  session.resume();
}

async function start(): Promise<void> {
  await loadDevice();
  keepDraftsOnLeaving();
  const store = await openOutboxStore();
  const session: Session = new Session(
    {
      target: () => target(() => session),
      renewToken: () => host.renewToken(),
      openSocket: (url, protocols) => openSocket(undefined, url, protocols),
      random: Math.random,
      now: Date.now,
      mayReach,
    },
    store,
    new ChatCache(await openCacheStore()),
    {
      replaced: () => {
        void session.cache.forget();
        forgetAccount();
      },
      signedIn: (person) => void signedIn(session, person),
      gone: (chatId) => {
        if (getState().selectedChatId !== chatId) return;
        actions.newChat();
        toast(i18next.t('thread.notFound'));
      },
      trouble: (error) => toast.error(reasonText(error.reason)),
    },
  );
  setSession(session);
  keepCached(session.cache);
  measureChat(metrics, session.connection, session.outbox);
  const chatId = chatInAddress();
  if (chatId !== null) session.look(chatId);
  setState({ place: placeInAddress() });
  window.addEventListener('popstate', () => {
    session.look(chatInAddress());
    setState({ place: placeInAddress() });
  });
  wakeOnReturn(session.connection);
  // At every change, since an app that is closed says no good-bye.
  useApp.subscribe((now, before) => {
    if (now.unread !== before.unread) rememberServer();
  });
  void watchOthers();
  host.browserAccount?.onArrival(() => {
    if (getState().connection.kind === 'signed-out') session.connection.start();
  });
  const invitation = host.browserAccount?.takeInvitation() ?? null;
  const pairing = takePairing();
  setState({ booted: true, invitation });
  // Whoever was invited, or brings a code, first says whether they come in.
  if (invitation === null && !pairing) session.connection.start();
}

let started: Promise<void> | null = null;

export function boot(): Promise<void> {
  started ??= start();
  return started;
}
