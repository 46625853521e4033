// The identity provider of the browser suite, for these tests as well. It is TypeScript, which not
// every version of Node that these tests run on reads.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const ui = new URL('../../../ui/', import.meta.url);
const typescript = createRequire(new URL('package.json', ui))('typescript');
const { ESNext } = typescript.ModuleKind;
const source = readFileSync(new URL('e2e/support/identity.ts', ui), 'utf8');
const compilerOptions = { module: ESNext, target: typescript.ScriptTarget.ESNext };
const { outputText } = typescript.transpileModule(source, { compilerOptions });

export const { IdentityProvider } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
