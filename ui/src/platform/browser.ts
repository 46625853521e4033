// The host when the UI came from a server into a browser: the server is where the page came from,
// and the person signs in here, by a one-time link or by name and password.

import { BrowserSession, post } from './browser-session';
import { HostError, type Connection, type Host, type InvitationOffer, type PairingAsked } from './host';
import { localStorageDevice } from './local-device';

const LINK = /^#sign-in=(.+)$/;
const PAIRING = /^#pair=([^&]+)/;
const ARRIVED = /^#(signed-in)$/;
const PROBLEM = /^#sign-in-problem=([\w-]+)$/;
const INVITATION = /^#invite=(.+)$/;

/** A code in the address, once; it leaves the address and the history at once. */
function takeCode(pattern: RegExp): string | null {
  const code = pattern.exec(location.hash)?.[1];
  if (code === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}

interface Server {
  name: string;
  /** What people may sign in through, beside a password. */
  signInWith: string | null;
}

let known: Server | null = null;

async function server(): Promise<Server> {
  if (known !== null) return known;
  try {
    const response = await fetch('/api/server');
    const { name, host, signInWith } = (await response.json()) as Partial<Record<'name' | 'host' | 'signInWith', unknown>>;
    known = {
      name: String(host ?? name ?? location.host),
      signInWith: typeof signInWith === 'string' ? signInWith : null,
    };
    return known;
  } catch {
    return { name: location.host, signInWith: null };
  }
}

let link: Promise<void> | null = null;
let linkProblem: HostError | null = null;
let providerProblem: string | null = null;

/** Why the sign-in link did not work, if there was one. */
export function signInLinkProblem(): HostError | null {
  return linkProblem;
}

/** Why signing in through an identity provider did not work, as the server calls it. */
export function providerSignInProblem(): string | null {
  return providerProblem;
}

export function browserHost(): Host {
  const session = new BrowserSession(localStorage);
  /** What this window showed last: what is refused is that one. */
  let shown: string | null = null;
  return {
    device: localStorageDevice(localStorage),
    desktop: null,
    browserAccount: {
      signIn: (name, password) => session.signIn(name, password),
      signOut: () => session.signOut(),
      get signedIn() {
        return session.signedIn;
      },
      onArrival: (listener) => session.onArrival(listener),
      signInWith: async () => (await server()).signInWith,
      goToProvider: () => location.assign('/api/session/oidc/start'),
      takeInvitation: () => takeCode(INVITATION),
      look: async (code) => (await post('/api/invitations/look', { code })) as unknown as InvitationOffer,
      accept: (code, name, password) => session.accept(code, name, password),
      takePairing: () => takeCode(PAIRING),
      askPairing: async (code, device) => (await post('/api/pairing/ask', { code, device })) as unknown as PairingAsked,
      claimPairing: ({ requestId, secret }) => session.claim(requestId, secret),
    },
    async connection(): Promise<Connection> {
      const code = takeCode(LINK);
      if (code !== null) {
        link = session.redeem(code).catch((error: unknown) => {
          if (error instanceof HostError) linkProblem = error;
        });
      }
      if (takeCode(ARRIVED) !== null) {
        link = session.arrive().catch(() => {
          providerProblem = 'server_trouble';
        });
      }
      providerProblem = takeCode(PROBLEM) ?? providerProblem;
      await link;
      shown = await session.token();
      return {
        url: location.origin,
        token: shown,
        serverId: location.origin,
        serverName: (await server()).name,
        remote: true,
      };
    },
    renewToken: (refused) => session.renewed(refused ?? shown),
    async openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
  };
}
