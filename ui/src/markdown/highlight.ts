// Colours for code. Shiki with JavaScript's own regular expressions (no wasm, no eval: the CSP has
// neither), languages loaded when first seen, colours as CSS variables of tokens.css. Lines are
// read once: while code streams, only what is new goes through the grammar.

import type { GrammarState, HighlighterCore, LanguageRegistration, ThemedToken } from 'shiki/core';

type Load = () => Promise<{ default: LanguageRegistration[] }>;

const LANGUAGES: Record<string, Load> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  haskell: () => import('shiki/langs/haskell.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  latex: () => import('shiki/langs/latex.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  make: () => import('shiki/langs/make.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  nix: () => import('shiki/langs/nix.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  r: () => import('shiki/langs/r.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  scala: () => import('shiki/langs/scala.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
  zig: () => import('shiki/langs/zig.mjs'),
};

const ALIASES: Record<string, string> = {
  'c++': 'cpp', 'c#': 'csharp', cs: 'csharp', dockerfile: 'docker', golang: 'go', hs: 'haskell',
  js: 'javascript', jsx: 'tsx', mjs: 'javascript', jsonc: 'json', json5: 'json', kt: 'kotlin',
  makefile: 'make', md: 'markdown', ps1: 'powershell', py: 'python', rb: 'ruby', rs: 'rust',
  sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', svg: 'xml', tex: 'latex', ts: 'typescript',
  yml: 'yaml', patch: 'diff',
};

export type Line = readonly Pick<ThemedToken, 'content' | 'color' | 'fontStyle'>[];

const THEME = 'css-variables';
let highlighter: HighlighterCore | undefined;
let starting: Promise<HighlighterCore> | undefined;
const ready = new Set<string>();

async function start(): Promise<HighlighterCore> {
  const [core, engine] = await Promise.all([import('shiki/core'), import('shiki/engine/javascript')]);
  highlighter = await core.createHighlighterCore({
    themes: [core.createCssVariablesTheme({ name: THEME, variablePrefix: '--code-' })],
    langs: [],
    engine: engine.createJavaScriptRegexEngine({ forgiving: true }),
  });
  return highlighter;
}

/** The language's own name, or null for one without colours. */
export function knownLanguage(label: string): string | null {
  const name = label.toLowerCase();
  const real = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return real !== undefined && Object.hasOwn(LANGUAGES, real) ? real : null;
}

export function isReady(language: string): boolean {
  return ready.has(language);
}

/** Loads what `language` needs. Rejects only where the app's own files cannot be read. */
export async function prepare(language: string): Promise<void> {
  const load = LANGUAGES[language];
  if (!load || ready.has(language)) return;
  const [core, grammar] = await Promise.all([(starting ??= start()), load()]);
  await core.loadLanguage(...grammar.default);
  ready.add(language);
}

/** Colours lines as they come; lines once coloured are kept as they are. */
export class LineReader {
  readonly #language: string;
  #sources: string[] = [];
  #lines: Line[] = [];
  #state: GrammarState | undefined;

  constructor(language: string) {
    this.#language = language;
  }

  /** The coloured lines of `lines`, all of which are complete. */
  read(lines: readonly string[]): readonly Line[] {
    if (!highlighter) return [];
    const same = this.#sources.length <= lines.length && this.#sources.every((line, at) => line === lines[at]);
    if (!same) {
      this.#sources = [];
      this.#lines = [];
      this.#state = undefined;
    }
    const fresh = lines.slice(this.#sources.length);
    if (fresh.length > 0) {
      const tokens = highlighter.codeToTokensBase(fresh.join('\n'), {
        lang: this.#language,
        theme: THEME,
        tokenizeMaxLineLength: 2000,
        // The first lines of a language compile its expressions: on a slow machine more than the usual half second.
        tokenizeTimeLimit: 3000,
        ...(this.#state ? { grammarState: this.#state } : {}),
      });
      this.#state = highlighter.getLastGrammarState(tokens);
      this.#lines = [...this.#lines, ...tokens];
      this.#sources = [...lines];
    }
    return this.#lines;
  }
}
