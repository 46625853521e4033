// Every TypeScript block of both seed documents compiles as it stands.
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { blocksOf, EXAMPLES, extracted } from './support/seed-examples';

const here = import.meta.dirname;
const seeds = join(here, 'seeds');
/** What the documents show of a server has parameters without types. */
const LOOSE = ['events/server.ts', 'events/authentication.ts'];

function problems(names: string[], over: ts.CompilerOptions): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(here, '../node_modules/@types')],
    paths: {
      '@/*': [join(seeds, 'events/*')],
      openai: [join(seeds, 'openai.ts')],
      '@parlor/client': [join(here, '../dist-lib/types/client/index.d.ts')],
      '@parlor/client/react': [join(here, '../dist-lib/types/client-react/index.d.ts')],
    },
    rootDirs: [join(extracted, 'chat'), join(seeds, 'chat')],
    ...over,
  };
  const program = ts.createProgram(names.map((name) => join(extracted, name)), options);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe('the documents’ TypeScript', () => {
  it('is covered block by block', () => {
    for (const document of ['websocket-chat-integration.ru.md', 'goalcraft-websocket.fr.md'] as const) {
      const examples = EXAMPLES.filter((example) => example.document === document);
      expect(blocksOf(document)).toHaveLength(examples.length);
    }
  });

  it('compiles under the strictest settings', () => {
    const strict = EXAMPLES.map(({ name }) => name).filter((name) => !LOOSE.includes(name));
    expect(problems(strict, {})).toEqual([]);
  }, 600_000);

  it('compiles where it is a server’s, whose parameters have no types', () => {
    expect(problems(LOOSE, { noImplicitAny: false })).toEqual([]);
  }, 600_000);
});
