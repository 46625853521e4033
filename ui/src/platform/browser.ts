// The host when the UI came from a server into a browser: the server is where the page came from,
// and the person signs in here, by a one-time link or by name and password.

import { BrowserSession, post } from './browser-session';
import { HostError, type Connection, type Host, type InvitationOffer, type PairingAsked } from './host';
import { localStorageDevice } from './local-device';

const LINK = /^#sign-in=(.+)$/;
const PAIRING = /^#pair=([^&]+)/;
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

let knownName: string | null = null;

async function serverName(): Promise<string> {
  if (knownName !== null) return knownName;
  try {
    const response = await fetch('/api/server');
    const answer = (await response.json()) as { name?: unknown; host?: unknown };
    knownName = String(answer.host ?? answer.name ?? location.host);
    return knownName;
  } catch {
    return location.host;
  }
}

let link: Promise<void> | null = null;
let linkProblem: HostError | null = null;

/** Why the sign-in link did not work, if there was one. */
export function signInLinkProblem(): HostError | null {
  return linkProblem;
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
      await link;
      shown = await session.token();
      return {
        url: location.origin,
        token: shown,
        serverId: location.origin,
        serverName: await serverName(),
        remote: true,
      };
    },
    renewToken: (refused) => session.renewed(refused ?? shown),
    async openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
  };
}
