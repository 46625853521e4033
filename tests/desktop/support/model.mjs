// A model's server of these tests' own: it lists one model, asks for its key, and streams an
// answer in pieces that can be seen coming, each when the test has seen the one before.

import { createServer } from 'node:http';

export const ANSWER = ['The ', 'answer ', 'comes ', 'in ', 'small ', '**pieces**', '.'];

/**
 * Resolves to its address, the requests it saw, and a way to end it. While it is held it waits after
 * each piece for `next`.
 */
export async function startModel(key) {
  const requests = [];
  const waiting = [];
  let isHeld = false;
  const next = () => {
    for (const go of waiting.splice(0)) go();
  };
  const hold = (held) => {
    isHeld = held;
    if (!held) next();
  };
  const pause = () => (isHeld ? new Promise((resolve) => waiting.push(resolve)) : undefined);
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push({ path: request.url, key: request.headers.authorization ?? null, body });
    if (request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'Incorrect API key provided' } }));
    } else if (request.url === '/v1/models') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'pieces-1', object: 'model' }] }));
    } else {
      await stream(response, JSON.parse(body).stream === true, pause);
    }
  });
  // Else it would hang up after five idle seconds, which may be just when the next question comes.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${server.address().port}/v1`, requests, hold, next, close };
}

async function stream(response, streaming, pause) {
  if (!streaming) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const message = { role: 'assistant', content: 'Small pieces' };
    response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of ANSWER) {
    const chunk = { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await pause();
  }
  response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
}

async function text(request) {
  let body = '';
  for await (const piece of request) body += piece;
  return body;
}
