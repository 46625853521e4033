// Asks Parlor one question. URL, TOKEN and perhaps CHAT: the environment; the question: the arguments.
const WebSocket = require('ws');
const { URL: address, TOKEN: token, CHAT: chatId } = process.env;
const parlor = new WebSocket(address);
const send = (type, data) => parlor.send(JSON.stringify({ type, data }));
parlor.on('open', () => {
  send('join_chat', { token, chatId });
  send('message', { message: process.argv.slice(2).join(' ') });
});
parlor.on('message', (text) => {
  const { type, data } = JSON.parse(text);
  if (type === 'assistant_message_token') process.stdout.write(data.token);
  if (type === 'assistant_message_complete') parlor.close();
  if (type === 'error') throw new Error(data.message);
});
