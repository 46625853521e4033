// The journey between two real HTTP servers: what is asked of each, what a cut line costs.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LARGEST_CHAT, branchesOf, moveChat, type MoveProgress } from './move-chat';

const document = { format: 'parlor-chat', version: 1, messages: [{ parent: null }, { parent: 0 }, { parent: 0 }] };
const open: Server[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function serve(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else answer(request, response, body);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const exporting: Answer = (_, response) => response.end(JSON.stringify(document));
const connection = (url: string, token: string) => ({ url, token, serverId: 's', serverName: 's', remote: true });

async function move(from: Answer, to: Answer, signal = new AbortController().signal) {
  const seen: MoveProgress[] = [];
  const moved = await moveChat({
    from: connection(await serve(from), 'of-here'),
    to: connection(await serve(to), 'of-there'),
    chatId: 'chat/1',
    importId: 'journey-1',
    signal,
    onProgress: (progress) => seen.push(progress),
  });
  return { moved, seen };
}

describe('a chat on its way to another server', () => {
  it('arrives whole, and each server sees its own token alone', async () => {
    const asked: string[] = [];
    let arrived: unknown;
    const { moved, seen } = await move(
      (request, response, body) => {
        asked.push(`${request.url} ${request.headers.authorization}`);
        exporting(request, response, body);
      },
      (request, response, body) => {
        asked.push(`${request.url} ${request.headers.authorization}`);
        arrived = JSON.parse(body);
        response.end(JSON.stringify({ chatId: 'new', messages: 3, created: true }));
      },
    );
    expect(asked).toEqual(['/api/chats/chat%2F1/export Bearer of-here', '/api/chats/import Bearer of-there']);
    expect(arrived).toEqual({ importId: 'journey-1', document });
    expect(moved).toEqual({ chatId: 'new', messages: 3, branches: 2 });
    expect(seen.some(({ phase }) => phase === 'reading')).toBe(true);
  });

  it('tries a cut line again under the same id', async () => {
    const ids: string[] = [];
    const { moved } = await move(exporting, (request, response, body) => {
      ids.push((JSON.parse(body) as { importId: string }).importId);
      if (ids.length === 1) request.socket.destroy();
      else response.end(JSON.stringify({ chatId: 'new' }));
    });
    expect(ids).toEqual(['journey-1', 'journey-1']);
    expect(moved.chatId).toBe('new');
  });

  it('sends nothing more once it is given up between two tries', async () => {
    let tries = 0;
    const given = new AbortController();
    const moving = move(
      exporting,
      (request) => {
        tries += 1;
        request.socket.destroy();
        setTimeout(() => given.abort(), 100);
      },
      given.signal,
    );
    await expect(moving).rejects.toMatchObject({ name: 'AbortError' });
    expect(tries).toBe(1);
  });

  it('gives up what no second try mends, in a code with a sentence', async () => {
    let tries = 0;
    const refusing = (status: number): Answer => (_, response) => {
      tries += 1;
      response.writeHead(status).end('{}');
    };
    for (const [status, code] of [[413, 'chat_too_large'], [401, 'sign_in_required'], [404, 'not_found']] as const) {
      tries = 0;
      await expect(move(exporting, refusing(status))).rejects.toMatchObject({ code });
      expect(tries, `${status}`).toBe(1);
    }
    await expect(move(refusing(404), refusing(200))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reads no more than the other server takes in', async () => {
    const endless: Answer = (_, response) => {
      const piece = 'x'.repeat(1024 * 1024);
      const more = () => {
        while (response.write(piece)) if (response.destroyed) return;
        response.once('drain', more);
      };
      more();
    };
    await expect(move(endless, exporting)).rejects.toMatchObject({ code: 'chat_too_large' });
    expect(LARGEST_CHAT).toBe(16 * 1024 * 1024);
  });
});

it('a tree has as many branches as ends', () => {
  expect(branchesOf({ messages: [] })).toBe(0);
  expect(branchesOf({ messages: [{ parent: null }, { parent: 0 }, { parent: 1 }] })).toBe(1);
  expect(branchesOf(document)).toBe(2);
});
