import { useChatStream } from '@/hooks/useChatStream'

function ChatComponent() {
  const {
    messages,
    isAIThinking,
    isAIStreaming,
    sendUserMessage,
    stopCurrentStreaming
  } = useChatStream()

  return (
    <div>
      {/* Afficher les messages */}
      {messages.map(msg => (
        <div key={msg.id}>
          {msg.role}: {msg.content}
          {msg.isStreaming && <span>...</span>}
        </div>
      ))}
      
      {/* Indicateurs d'état */}
      {isAIThinking && <p>L'IA réfléchit...</p>}
      {isAIStreaming && (
        <button onClick={stopCurrentStreaming}>
          Arrêter la génération
        </button>
      )}
    </div>
  )
}
export { ChatComponent };
