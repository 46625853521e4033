import { useEffect, useState } from 'react';
import { WSEventType } from '@/services/websocket/types';
import { useWebSocket } from '@/hooks/useWebSocket'

function MyComponent() {
  const { 
    isConnected, 
    sendMessage, 
    on, 
    generateObjective 
  } = useWebSocket()

  // Envoyer un message
  const handleSend = () => {
    sendMessage("Bonjour !")
  }

  // Écouter les réponses
  useEffect(() => {
    const unsubscribe = on(WSEventType.AI_MESSAGE_END, (data) => {
      console.log("Message complet:", data.content)
    })
    return unsubscribe
  }, [])
}
export { MyComponent };
