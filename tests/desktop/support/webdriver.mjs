// A W3C WebDriver client, as small as these tests need: sessions, scripts, real clicks and keys.
// Elements are found by what a person perceives: their role and their name.

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** How long something may take to appear on a busy machine. */
const PATIENCE_MS = 60_000;
/** What a script that waits for a promise may take. */
const SCRIPT_MS = 120_000;
/** What a person does not notice: something else was over it, or it was drawn anew just then. */
const PASSING = /click intercepted|stale element|not interactable/;

export const keys = { enter: '\uE007', escape: '\uE00C', backspace: '\uE003', control: '\uE009' };

export class Driver {
  #base;
  #session;

  constructor(base, session) {
    this.#base = base;
    this.#session = session;
  }

  /** Starts the app and takes its window. */
  static async open(base, application) {
    const capabilities = { alwaysMatch: { browserName: 'wry', 'tauri:options': { application } } };
    const { sessionId } = await request('POST', `${base}/session`, { capabilities });
    await request('POST', `${base}/session/${sessionId}/timeouts`, { script: SCRIPT_MS });
    return new Driver(base, sessionId);
  }

  /** Closes the window, which ends the app. */
  async close() {
    await request('DELETE', this.#path(''));
  }

  async title() {
    return request('GET', this.#path('/title'));
  }

  async url() {
    return request('GET', this.#path('/url'));
  }

  /** Speaks to a frame of the page from now on, by its place among them; `null` is the page itself. */
  async frame(place) {
    await request('POST', this.#path('/frame'), { id: place });
  }

  /** Runs the body of a function in the page. */
  async run(body, ...args) {
    return request('POST', this.#path('/execute/sync'), { script: body, args });
  }

  /** Runs it and waits for the promise that it returns. */
  async runAsync(body, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      const given = [...arguments].slice(0, -1);
      (async function () { ${body} }).apply(null, given)
        .then((value) => done({ value }), (error) => done({ error: String(error?.message ?? error?.code ?? error) }));`;
    return request('POST', this.#path('/execute/async'), { script, args });
  }

  async text() {
    return this.run('return document.body.innerText');
  }

  async screenshot() {
    return Buffer.from(await request('GET', this.#path('/screenshot')), 'base64');
  }

  /** The visible element of this role and name (a string or a RegExp), or null. */
  async look(role, name) {
    const [source, flags] = name instanceof RegExp ? [name.source, name.flags] : [exact(name), ''];
    return this.run(FIND, role, source, flags);
  }

  /** Waits for it. */
  async find(role, name) {
    return this.until(`${role} ${name}`, () => this.look(role, name));
  }

  async click(role, name) {
    await this.#act(role, name, 'click', {});
  }

  async type(role, name, text) {
    await this.#act(role, name, 'value', { text });
  }

  /** As a person would: what cannot be used for a moment is used once it can. */
  async #act(role, name, act, how) {
    await this.until(`a free ${role} ${name}`, async () => {
      const element = await this.find(role, name);
      try {
        await request('POST', this.#path(`/element/${element[ELEMENT]}/${act}`), how);
        return true;
      } catch (error) {
        if (PASSING.test(String(error))) return false;
        throw error;
      }
    });
  }

  /** Presses keys, whatever has the focus. */
  async press(text) {
    const actions = [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await request('POST', this.#path('/actions'), { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  async see(pattern) {
    return this.until(`the text ${pattern}`, async () => {
      const text = await this.text();
      return pattern.test(text) ? text : null;
    });
  }

  /** Asks again until the answer is truthy. */
  async until(what, ask, patience = PATIENCE_MS) {
    const end = Date.now() + patience;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) {
        throw new Error(`${what} did not appear. The window shows:\n${await this.text()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #path(rest) {
    return `${this.#base}/session/${this.#session}${rest}`;
  }
}

async function request(method, url, body) {
  const init = { method, headers: { 'content-type': 'application/json' } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(url, init);
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value?.error ?? response.status}: ${value?.message ?? url}`);
  return value;
}

function exact(text) {
  return `^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}

// Roles that HTML gives by itself, and names by the rules that matter here: aria-labelledby,
// aria-label, a label, the text inside, a placeholder.
const FIND = `
  const [role, source, flags] = arguments;
  const wanted = new RegExp(source, flags);
  const implicit = { button: 'button', link: 'a[href]', heading: 'h1,h2,h3,h4', dialog: 'dialog',
    textbox: 'textarea,input:not([type]),input[type=text],input[type=url],input[type=password],input[type=email]',
    combobox: 'select', checkbox: 'input[type=checkbox]', article: 'article', navigation: 'nav', main: 'main',
    radio: 'input[type=radio]', searchbox: 'input[type=search]', alert: 'output' };
  const selector = '[role=' + role + ']' + (implicit[role] ? ',' + implicit[role].split(',').map((s) => s + ':not([role])').join(',') : '');
  const nameOf = (element) => {
    const by = element.getAttribute('aria-labelledby');
    if (by) return by.split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    if (element.getAttribute('aria-label')) return element.getAttribute('aria-label');
    if (element.labels?.length) return [...element.labels].map((label) => label.textContent).join(' ');
    return element.innerText?.trim() || element.getAttribute('placeholder') || element.getAttribute('title') || '';
  };
  const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
  const all = [...document.querySelectorAll(selector)];
  return all.find((element) => seen(element) && wanted.test(nameOf(element).replace(/\\s+/g, ' ').trim())) ?? null;
`;
