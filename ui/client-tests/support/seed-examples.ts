// The TypeScript of both seed documents, as they have it, each block a file that can be compiled.
// What stands before and after a block is what its document leaves to the reader: imports that it
// shows elsewhere, and names of the reader's own program.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../../../tests/fixtures/seeds');
export const extracted = join(import.meta.dirname, '../seeds/extracted');

export interface Example {
  /** The file that it becomes. */
  name: string;
  document: 'websocket-chat-integration.ru.md' | 'goalcraft-websocket.fr.md';
  /** Words that only this block holds. */
  mark: string;
  before?: string;
  after?: string;
}

const REACT = "import { useEffect, useState } from 'react';\n";
const TYPES = "import { WSEventType } from '@/services/websocket/types';\n";
const HOOK = "import { useWebSocket } from '@/hooks/useWebSocket';\n";

export const EXAMPLES: readonly Example[] = [
  { name: 'chat/app.tsx', document: 'websocket-chat-integration.ru.md', mark: 'const App = () =>', after: 'export { App };' },
  { name: 'chat/screens/chat-component.tsx', document: 'websocket-chat-integration.ru.md', mark: 'const ChatComponent = () =>', after: 'export { ChatComponent };' },
  { name: 'events/my-component.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function MyComponent()', before: REACT + TYPES, after: 'export { MyComponent };' },
  { name: 'events/chat-component.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function ChatComponent()', after: 'export { ChatComponent };' },
  { name: 'events/conversation-manager.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function ConversationManager()', before: 'declare const conversationId: string;\n', after: 'export { ConversationManager };' },
  { name: 'events/message.ts', document: 'goalcraft-websocket.fr.md', mark: '// Message standard', before: "import type { ServerEvent } from '@/services/websocket/types';\nexport const message: ServerEvent = (", after: ');' },
  { name: 'events/server.ts', document: 'goalcraft-websocket.fr.md', mark: "import { WebSocketServer } from 'ws'", before: 'declare function generateId(): string;\ndeclare function handleGenerateObjective(ws: unknown, message: unknown): Promise<void>;\n', after: 'export { wss };' },
  { name: 'events/error-handling.ts', document: 'goalcraft-websocket.fr.md', mark: '// Dans le hook', before: `${REACT}${TYPES}${HOOK}declare function retry(): void;\ndeclare const toast: { error(text: string): void };\nexport function useErrors() {\nconst { on } = useWebSocket();\n`, after: '}' },
  { name: 'events/configuration.ts', document: 'goalcraft-websocket.fr.md', mark: '// Configuration avancée', before: "import { getWebSocketService } from '@/services/websocket/WebSocketService';\n", after: 'export { ws };' },
  { name: 'events/streaming-chat.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function StreamingChat()', before: REACT + TYPES + HOOK, after: 'export { StreamingChat };' },
  { name: 'events/generation-control.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function GenerationControl()', before: REACT + HOOK, after: 'export { GenerationControl };' },
  { name: 'events/reconnect.test.ts', document: 'goalcraft-websocket.fr.md', mark: "describe('WebSocketService'", before: "import { describe, expect, it } from 'vitest';\nimport { WebSocketService } from '@/services/websocket/WebSocketService';\n" },
  { name: 'events/monitor.tsx', document: 'goalcraft-websocket.fr.md', mark: 'function WebSocketMonitor()', before: HOOK, after: 'export { WebSocketMonitor };' },
  { name: 'events/authentication.ts', document: 'goalcraft-websocket.fr.md', mark: "wss.on('connection', async (ws, req)", before: 'declare const wss: any;\ndeclare function verifyJWT(token: string | undefined): Promise<{ id: string }>;\n', after: 'export {};' },
];

/** Every block of TypeScript in a document. */
export function blocksOf(document: Example['document']): string[] {
  const text = readFileSync(join(fixtures, document), 'utf8');
  return [...text.matchAll(/```(?:typescript|tsx)\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}

export function extractSeeds(folder = extracted): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { name, document, mark, before = '', after = '' } of EXAMPLES) {
    const found = blocksOf(document).filter((block) => block.includes(mark));
    if (found.length !== 1) throw new Error(`${document} has ${found.length} blocks with “${mark}”`);
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `${before}${found[0] ?? ''}${after}\n`);
  }
}

/** What a block exports, run as it stands. Its types are the compiler's test's business. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each block exports what it will
export async function example(name: string): Promise<any> {
  return import(/* @vite-ignore */ join(extracted, name));
}
