// The start of the app: what this device remembers first, then the connection. Runs once.

import { toast } from 'sonner';
import type { SocketLike } from '@/client/connection';
import { openOutboxStore } from '@/client/outbox-store';
import { i18next, setLanguage } from '@/i18n';
import { reasonText } from '@/i18n/reason-text';
import { host } from '@/platform';
import { actions } from './actions';
import { forgetAccount } from './actions-host';
import { chatInAddress } from './address';
import { getState, setState } from './app-store';
import { setSession } from './current-session';
import { keepDraftsOnLeaving, openDrafts } from './drafts';
import { Session } from './session';
import { applyTheme } from './theme';
import type { DeviceSettings, Person } from './types';

const LOOPBACK = /^https?:\/\/(127\.|localhost|\[::1\])/;
const accountKey = (serverId: string) => `account ${serverId}`;

async function target(session: () => Session): Promise<{ url: string; token: string | null }> {
  const { url, token, serverId, serverName, remote } = await host.connection();
  if (getState().server?.serverId !== serverId) {
    setState({ server: { serverId, serverName, url, remote } });
    // Waiting messages show even if the server never answers: they belong to whoever was here last.
    const account = await host.device.get<string>(accountKey(serverId)).catch(() => undefined);
    if (account !== undefined) openAccount(session(), `${serverId} ${account}`);
  }
  return { url: `${url.replace(/^http/, 'ws')}/ws/chat`, token };
}

function openAccount(session: Session, account: string): void {
  void session.outbox.open(account);
  void openDrafts(account);
}

async function loadDevice(): Promise<void> {
  const saved = await host.device.get<Partial<DeviceSettings>>('settings').catch(() => undefined);
  const device = { ...getState().device, ...saved };
  setState({ device });
  applyTheme(device.theme);
  setLanguage(device.language);
}

function signedIn(session: Session, person: Person): void {
  const { server } = getState();
  if (server !== null) {
    void host.device.set(accountKey(server.serverId), person.userId).catch(() => undefined);
    openAccount(session, `${server.serverId} ${person.userId}`);
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
      openSocket: (url) => new WebSocket(url) as unknown as SocketLike,
      random: Math.random,
      now: Date.now,
      mayReach: (url) => navigator.onLine || LOOPBACK.test(url.replace(/^ws/, 'http')),
    },
    store,
    {
      replaced: forgetAccount,
      signedIn: (person) => signedIn(session, person),
      gone: (chatId) => {
        if (getState().selectedChatId !== chatId) return;
        actions.newChat();
        toast(i18next.t('thread.notFound'));
      },
      trouble: (error) => toast.error(reasonText(error.reason)),
    },
  );
  setSession(session);
  const chatId = chatInAddress();
  if (chatId !== null) session.look(chatId);
  window.addEventListener('popstate', () => session.look(chatInAddress()));
  window.addEventListener('online', () => session.connection.retryNow());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) session.connection.retryNow();
  });
  setState({ booted: true });
  session.connection.start();
}

let started: Promise<void> | null = null;

export function boot(): Promise<void> {
  started ??= start();
  return started;
}
