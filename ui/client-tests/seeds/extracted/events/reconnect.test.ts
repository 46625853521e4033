import { describe, expect, it } from 'vitest';
import { WebSocketService } from '@/services/websocket/WebSocketService';
// Test unitaire
describe('WebSocketService', () => {
  it('should reconnect automatically', async () => {
    const ws = new WebSocketService({ 
      url: 'ws://localhost:3001',
      reconnectDelay: 100 
    })
    
    await ws.connect()
    expect(ws.isConnected).toBe(true)
    
    // Simuler une déconnexion
    ws.disconnect()
    expect(ws.isConnected).toBe(false)
    
    // Attendre la reconnexion
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(ws.isConnected).toBe(true)
  })
})

