// The seed's chat server, as its document describes it: express, ws, openai and jsonwebtoken over
// SQLite, speaking dialect A at /ws/chat. Written to be a fair measure: no work that the document
// does not ask for, one stringify and one send per token, nothing logged, production mode.
import http from 'node:http';
import express from 'express';
import jwt from 'jsonwebtoken';
import OpenAI from 'openai';
import { WebSocketServer } from 'ws';
import { openStore } from './store.js';

const { JWT_SECRET, OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, DATABASE, BENCH_USERS } =
  process.env;
const store = openStore(DATABASE);
const openai = new OpenAI({ apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL });
for (const user of (BENCH_USERS ?? '').split(',').filter(Boolean)) store.ensureUser(user);

const application = express();
application.get('/healthz', (_request, response) => response.send('ok'));
const server = http.createServer(application);
const sockets = new WebSocketServer({ server, path: '/ws/chat', perMessageDeflate: false });

class Connection {
  constructor(socket) {
    this.socket = socket;
    this.user = null;
    this.chat = null;
    socket._socket.setNoDelay(true);
    socket.on('message', (data) => this.receive(data));
    socket.on('error', () => socket.terminate());
    this.send('connected', { message: 'WebSocket connection established' });
  }

  send(type, data) {
    if (this.socket.readyState === this.socket.OPEN) {
      this.socket.send(JSON.stringify({ type, data }));
    }
  }

  async receive(text) {
    try {
      const { type, data } = JSON.parse(text);
      if (!this.user && !this.authenticate(data)) return;
      switch (type) {
        case 'join_chat':
          return this.join(data);
        case 'create_chat':
          return this.create();
        case 'message':
          return await this.message(data);
        default:
          this.send('error', { message: `unknown type ${type}` });
      }
    } catch (error) {
      this.send('error', { message: error.message });
    }
  }

  authenticate(data) {
    let claims;
    try {
      claims = jwt.verify(data.token, JWT_SECRET, { algorithms: ['HS256'] });
    } catch {
      claims = null;
    }
    const user = claims && store.user(claims.sub ?? claims.userId);
    if (!user) {
      this.send('error', { message: 'authentication failed' });
      this.socket.close(1008);
      return false;
    }
    this.user = user;
    this.send('authenticated', { userId: user.id });
    return true;
  }

  join({ chatId }) {
    if (!chatId) return;
    const chat = store.chat(chatId, this.user.id);
    if (!chat) {
      this.send('error', { message: 'no such chat' });
      return;
    }
    this.chat = chat;
    this.send('chat_joined', {
      chatId: chat.id,
      messages: store.messages(chat.id),
      title: chat.title,
    });
  }

  create() {
    this.chat = store.createChat(this.user.id);
    this.send('chat_created', { chatId: this.chat.id, title: this.chat.title });
  }

  async message({ message: content }) {
    if (!this.chat) this.create();
    const chat = this.chat;
    this.send('user_message', store.addMessage(chat.id, 'user', content));
    if (chat.title === 'New chat') {
      chat.title = content.slice(0, 50);
      store.rename(chat);
    }
    const history = store.messages(chat.id).map(({ role, content }) => ({ role, content }));
    this.send('assistant_message_start', { message: 'The assistant is typing…' });
    const stream = await openai.chat.completions.create({
      model: OPENAI_MODEL,
      messages: history,
      stream: true,
    });
    let answer = '';
    for await (const chunk of stream) {
      const token = chunk.choices[0]?.delta?.content ?? '';
      if (token) {
        answer += token;
        this.send('assistant_message_token', { token });
      }
    }
    this.send('assistant_message_complete', store.addMessage(chat.id, 'assistant', answer));
  }
}

sockets.on('connection', (socket) => new Connection(socket));
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
process.on('SIGTERM', () => process.exit(0));
