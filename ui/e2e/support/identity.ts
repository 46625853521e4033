// A small OpenID Connect provider for the browser: it lets everybody in as one person, at once, and
// signs what it says with a key of its own.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const base64url = (text: string) => Buffer.from(text).toString('base64url');

interface Code {
  nonce: string;
  challenge: string;
}

export class IdentityProvider {
  readonly clientId = 'parlor';
  /** Lets nobody in. */
  denies = false;
  readonly #server: Server;
  readonly #codes = new Map<string, Code>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<IdentityProvider> {
    const server = createServer();
    server.keepAliveTimeout = 0; // it hangs up on nobody who comes again
    const provider = new IdentityProvider(server);
    server.on('request', (request, response) => {
      void provider.#answer(request).then(({ status = 200, location, body = {} }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...(location !== undefined && { location }) });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status?: number; location?: string; body?: object }> {
    const url = new URL(request.url ?? '/', this.issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration': {
        const { issuer } = this;
        return {
          body: { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` },
        };
      }
      case '/keys':
        return { body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] } };
      case '/authorize':
        return this.#authorize(url.searchParams);
      case '/token':
        return this.#token(new URLSearchParams(await text(request)));
      default:
        return { status: 404 };
    }
  }

  #authorize(asked: URLSearchParams): { status: number; location: string } {
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    if (this.denies) back.searchParams.set('error', 'access_denied');
    else {
      const code = `code-${String(this.#codes.size)}`;
      this.#codes.set(code, { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '' });
      back.searchParams.set('code', code);
    }
    return { status: 302, location: back.href };
  }

  #token(form: URLSearchParams): { status?: number; body: object } {
    const code = this.#codes.get(form.get('code') ?? '');
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (code?.challenge !== verifier) return { status: 400, body: { error: 'invalid_grant' } };
    const claims = {
      iss: this.issuer,
      aud: this.clientId,
      sub: 'somebody',
      preferred_username: 'nina',
      nonce: code.nonce,
      exp: Math.floor(Date.now() / 1000) + 300,
    };
    const said = `${base64url(JSON.stringify({ alg: 'RS256', kid: 'one' }))}.${base64url(JSON.stringify(claims))}`;
    const signature = sign('sha256', Buffer.from(said), privateKey).toString('base64url');
    return { body: { access_token: 'opaque', token_type: 'Bearer', id_token: `${said}.${signature}` } };
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
