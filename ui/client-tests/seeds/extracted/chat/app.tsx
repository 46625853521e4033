import React from 'react';
import { WebSocketChat } from './components/WebSocketChat';

const App = () => {
  const userToken = 'your-jwt-token'; // Получите токен после авторизации
  
  return (
    <div className="h-screen p-4">
      <WebSocketChat 
        token={userToken}
        className="h-full max-w-4xl mx-auto"
      />
    </div>
  );
};
export { App };
