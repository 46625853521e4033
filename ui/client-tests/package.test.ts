// What is published: packed, installed in a project of its own, resolved as Node and bundlers do.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installLibrary } from './support/installed';

let project = '';
const installed = () => join(project, 'node_modules/@parlor/client');

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'parlor-client-'));
  installLibrary(project, ['react', '@types/react', 'csstype', '@types/node', 'undici-types', 'ws']);
}, 600_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const manifest = () => JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Record<string, unknown>;
const importsOf = (name: string) => {
  const text = readFileSync(join(installed(), `dist-lib/${name}.js`), 'utf8');
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName }) => fileName).sort();
};

describe('the package', () => {
  it('imports nothing in its framework-free entry', () => {
    expect(importsOf('index')).toEqual([]);
  });

  it('imports React and its own first entry in the second, Node’s files in the third', () => {
    expect(importsOf('react')).toEqual(['@parlor/client', 'react', 'react/jsx-runtime']);
    expect(importsOf('node')).toEqual(['node:fs/promises']);
  });

  it('has no dependency, and React as a peer that may be absent', () => {
    const { name, dependencies, peerDependencies, peerDependenciesMeta } = manifest();
    expect({ name, dependencies, peerDependencies, peerDependenciesMeta }).toEqual({
      name: '@parlor/client',
      dependencies: undefined,
      peerDependencies: { react: '>=18' },
      peerDependenciesMeta: { react: { optional: true } },
    });
  });

  it('holds the build, its types, its documentation, and nothing else', () => {
    const top = readdirSync(installed()).sort();
    expect(top).toEqual(['CLIENT.md', 'dist-lib', 'package.json']);
    const files = readdirSync(join(installed(), 'dist-lib'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.test\./.test(file))).toEqual([]);
  });

  it('loads in Node without React and without a WebSocket', () => {
    const script = `
      import { WebSocketService, WebSocketChatService, WSEventType } from '@parlor/client';
      import { fileStore } from '@parlor/client/node';
      delete globalThis.WebSocket;
      const ws = new WebSocketService({ url: 'ws://127.0.0.1:9', store: fileStore('./queue.json') });
      await ws.connect().catch(({ code, reason }) => console.log(code, reason));
      console.log(WSEventType.PING, typeof WebSocketChatService);
    `;
    writeFileSync(join(project, 'load.mjs'), script);
    const printed = execFileSync(process.execPath, ['load.mjs'], { cwd: project, encoding: 'utf8' });
    expect(printed).toBe('CONNECTION_FAILED no_web_socket\nPING function\n');
  });

  it.each([
    ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
    ['node16', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
  ])('has types that resolve and mean something under %s', (name, module, moduleResolution) => {
    const source = `
      import { WebSocketService, WSEventType, type ClientError, type Objective, type ServerFrame } from '@parlor/client';
      import { useChatStream, useWebSocketChat, WebSocketChat } from '@parlor/client/react';
      import { fileStore } from '@parlor/client/node';
      import { WebSocket } from 'ws';
      const ws = new WebSocketService({ WebSocket, store: fileStore('x') });
      ws.on(WSEventType.OBJECTIVE_GENERATED, ({ objective }) => { const kept: Objective = objective; return kept; });
      ws.on('error', (error) => { const kept: ClientError = error; return kept; });
      export const frame = (it: ServerFrame) => (it.type === 'user_message' ? it.data.content.length : 0);
      export { useChatStream, useWebSocketChat, WebSocketChat };
      // @ts-expect-error the types must not be \`any\`
      ws.isConnected = 'yes';
      // @ts-expect-error a message has words
      ws.send('USER_MESSAGE', { content: 7 });
    `;
    const path = join(project, `use-${name}.mts`);
    writeFileSync(path, source);
    const program = ts.createProgram([path], {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
    });
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    // `ws` brings no types of its own here; everything else must be whole, the published files too.
    expect(problems.filter((problem) => !problem.includes("'ws'"))).toEqual([]);
  }, 600_000);
});
