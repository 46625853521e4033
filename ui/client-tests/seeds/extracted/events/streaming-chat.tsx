import { useEffect, useState } from 'react';
import { WSEventType } from '@/services/websocket/types';
import { useWebSocket } from '@/hooks/useWebSocket';
function StreamingChat() {
  const [streamedContent, setStreamedContent] = useState('')
  const { on } = useWebSocket()
  
  useEffect(() => {
    let currentContent = ''
    
    // Début du streaming
    const unsubStart = on(WSEventType.AI_MESSAGE_START, () => {
      currentContent = ''
      setStreamedContent('')
    })
    
    // Réception des chunks
    const unsubChunk = on(WSEventType.AI_MESSAGE_CHUNK, (data) => {
      currentContent += data.content
      setStreamedContent(currentContent)
    })
    
    // Fin du streaming
    const unsubEnd = on(WSEventType.AI_MESSAGE_END, (data) => {
      if (data.stopReason === 'user_cancelled') {
        setStreamedContent(currentContent + ' [Annulé]')
      }
    })
    
    return () => {
      unsubStart()
      unsubChunk()
      unsubEnd()
    }
  }, [])
  
  return <div>{streamedContent}</div>
}
export { StreamingChat };
