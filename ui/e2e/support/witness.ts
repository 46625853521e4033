// Watches a browser context for what must never happen: a request to another host, a CSP
// violation, an error nobody caught, a script of an answer that runs.
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The name that hostile documents call when their script runs. */
export const FLAG = 'parlorWasAttacked';

export class Witness {
  readonly #faults: string[] = [];
  readonly #requests: string[] = [];
  readonly #home: string;

  private constructor(origin: string) {
    this.#home = new URL(origin).host;
  }

  static async watch(context: BrowserContext, origin: string): Promise<Witness> {
    const witness = new Witness(origin);
    await context.exposeBinding('reportFault', (_source, fault: string) => void witness.#faults.push(fault));
    await context.exposeBinding(FLAG, () => void witness.#faults.push('a script of an answer ran'));
    await context.addInitScript(() => {
      const report = (window as unknown as { reportFault(fault: string): void }).reportFault;
      document.addEventListener('securitypolicyviolation', (event) => {
        report(`CSP: ${event.effectiveDirective} forbids ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
      });
    });
    context.on('request', (request) => witness.#requests.push(request.url()));
    context.on('page', (page) => witness.#listen(page));
    return witness;
  }

  /** Addresses that the pages asked for outside their own server. */
  #foreign(): string[] {
    return this.#requests.filter((url) => /^(https?|wss?|ftp):/.test(url) && new URL(url).host !== this.#home);
  }

  takeFaults(): string[] {
    const foreign = this.#foreign().map((url) => `foreign request: ${url}`);
    this.#requests.length = 0;
    return [...this.#faults.splice(0), ...foreign];
  }

  assertNothingHappened(): void {
    expect(this.takeFaults()).toEqual([]);
  }

  #listen(page: Page): void {
    page.on('pageerror', (error) => this.#faults.push(`uncaught: ${error.message}`));
    page.on('websocket', (socket) => this.#requests.push(socket.url()));
    page.on('dialog', (dialog) => {
      this.#faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}
