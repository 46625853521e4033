// What the UI may ask of the machine it runs on. The desktop app and the browser each answer in
// their own file; nothing else in the UI knows which of the two it is in.

export interface Connection {
  url: string;
  token: string | null;
  serverId: string;
  serverName: string;
  remote: boolean;
}

export interface ServerEntry {
  id: string;
  name: string;
  address: string;
  user: string;
  active: boolean;
  /** The fingerprint of the one certificate that is taken, of a server that vouches for itself. */
  certificate?: string;
}

export interface Account {
  token: string;
  userId: string;
  name: string;
  role: string;
  expiresAt: string;
}

export type KeyringState = { available: true } | { available: false; reason: string };

/** Settings of this device (theme, language, width of things): small JSON values by name. */
export interface DeviceStore {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A server elsewhere, and the one certificate that is taken from it where nobody vouches for it. */
export interface ServerPlace {
  address: string;
  certificate?: string;
}

/** What a server says of itself before anybody signs in. */
export interface Greeting {
  name: string;
  /** What people may sign in through, beside a password. */
  signInWith: string | null;
}

/** What only the desktop app can do. */
export interface Desktop {
  servers(): Promise<ServerEntry[]>;
  /** `certificate` is a fingerprint that the person has compared; without it a strange one is refused. */
  signInServer(input: { address: string; name: string; password: string; certificate?: string }): Promise<ServerEntry>;
  lookAtServer(place: ServerPlace): Promise<Greeting>;
  /** Signs in through the server's identity provider, in the system's browser: settles once it is back. */
  signInByBrowser(place: ServerPlace): Promise<ServerEntry>;
  /** Ends that wait, which fails with `cancelled`. */
  cancelBrowserSignIn(): Promise<void>;
  /** Brings a pairing's code to the computer that shows it. */
  askPairing(input: ServerPlace & { code: string }): Promise<PairingNumber>;
  /** Waits a while for the yes there, and signs in; `null` while there is none. */
  claimPairing(): Promise<ServerEntry | null>;
  /** Ends that wait: a yes that still comes lets nobody in. */
  cancelPairing(): Promise<void>;
  useServer(id: string): Promise<void>;
  /** The way to any known server, shown or not. */
  serverConnection(id: string): Promise<Connection>;
  renameServer(id: string, name: string): Promise<void>;
  removeServer(id: string): Promise<void>;
  keyringState(): Promise<KeyringState>;
  setProviderKey(input: {
    provider: string;
    key: string;
    sessionOnly: boolean;
  }): Promise<'keyring' | 'session'>;
  removeProviderKey(provider: string): Promise<void>;
  signInLink(): Promise<string>;
}

/** What somebody who was invited is told before they accept. */
export interface InvitationOffer {
  role: string;
  invitedBy: string;
  host: string;
  expiresAt: string;
}

/** What the person compares before they say yes, and until when they may. */
export interface PairingNumber {
  number: string;
  expiresAt: string;
}

/** A device that brought its code and waits for a yes. */
export interface PairingAsked extends PairingNumber {
  requestId: string;
  secret: string;
}

/** What only a browser has to do: sign in by itself. */
export interface BrowserAccount {
  signIn(name: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** Whether somebody was signed in here when it was last known. */
  readonly signedIn: boolean;
  /** What the server's identity provider is called; `null` where there is none. */
  signInWith(): Promise<string | null>;
  /** Leaves the page for it; it comes back signed in, or with a reason. */
  goToProvider(): void;
  /** Calls when somebody signs in through another window of this browser. */
  onArrival(listener: () => void): void;
  /** The code of an invitation that the address brought, once. */
  takeInvitation(): string | null;
  look(code: string): Promise<InvitationOffer>;
  /** Makes the account and signs it in here. */
  accept(code: string, name: string, password: string): Promise<void>;
  /** The code of a pairing that the address brought, once. */
  takePairing(): string | null;
  /** Brings a pairing's code, once; `device` is what this device is called. */
  askPairing(code: string, device: string): Promise<PairingAsked>;
  /** Waits a while for the answer and signs in here; false while there is none. */
  claimPairing(asked: PairingAsked): Promise<boolean>;
}

export interface Host {
  device: DeviceStore;
  /** `null` in a browser. */
  desktop: Desktop | null;
  /** `null` in the desktop app, which is always signed in to its own server. */
  browserAccount: BrowserAccount | null;
  connection(): Promise<Connection>;
  /**
   * The server no longer takes `refused` (else the token that `connection` gave last): gives a fresh
   * one, or `null` when a person is needed. Fails where nobody can say, for instance without a line.
   */
  renewToken(refused?: string): Promise<string | null>;
  /** http, https and mailto only; anything else is refused. */
  openExternal(url: string): Promise<void>;
}

/** What a host's refusal looks like; the UI switches on `code`. */
export class HostError extends Error {
  readonly code: string;
  /** When another try makes sense, in milliseconds from now. */
  readonly retryAfter: number | undefined;
  /** Of HTTP, where there was an answer. */
  readonly status: number | undefined;
  /** The certificate that is in question. */
  readonly fingerprint: string | undefined;
  constructor(
    code: string,
    message: string,
    about: { retryAfter?: number | undefined; status?: number; fingerprint?: string | undefined } = {},
  ) {
    super(message);
    this.name = 'HostError';
    this.code = code;
    this.retryAfter = about.retryAfter;
    this.status = about.status;
    this.fingerprint = about.fingerprint;
  }
}
