import { useWebSocketChat } from '../hooks/useWebSocketChat';

const ChatComponent = () => {
  const {
    isConnected,
    isTyping,
    streamingMessage,
    sendMessage,
    createChat,
    currentChatId
  } = useWebSocketChat({
    token: 'your-jwt-token',
    onMessage: (message) => {
      console.log('New message:', message);
    },
    onError: (error) => {
      console.error('Chat error:', error);
    }
  });

  const handleSend = () => {
    if (!currentChatId) {
      createChat();
    }
    sendMessage('Привет!');
  };

  return (
    <div>
      <p>Статус: {isConnected ? 'Подключено' : 'Отключено'}</p>
      {isTyping && <p>Ассистент печатает: {streamingMessage}</p>}
      <button onClick={handleSend}>Отправить сообщение</button>
    </div>
  );
};
export { ChatComponent };
