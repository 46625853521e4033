import { useWebSocket } from '@/hooks/useWebSocket';
function WebSocketMonitor() {
  const { connectionState, ws } = useWebSocket()
  
  return (
    <div>
      <p>État: {connectionState}</p>
      <p>File d'attente: {ws.queueSize}</p>
      <p>Connecté: {ws.isConnected ? '✅' : '❌'}</p>
    </div>
  )
}
export { WebSocketMonitor };
