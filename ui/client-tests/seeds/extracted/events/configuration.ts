import { getWebSocketService } from '@/services/websocket/WebSocketService';
// Configuration avancée du service
const ws = getWebSocketService({
  url: process.env.NEXT_PUBLIC_WS_URL || 'ws://localhost:3001',
  reconnect: true,
  reconnectAttempts: 5,
  reconnectDelay: 1000,      // Délai initial
  reconnectDelayMax: 30000,  // Délai maximum
  reconnectDecay: 1.5,       // Facteur d'augmentation
  timeout: 20000,             // Timeout de connexion
  pingInterval: 30000,       // Interval de ping
  debug: process.env.NODE_ENV === 'development'
})
export { ws };
