declare const conversationId: string;
import { useChatStore } from '@/stores/chat-store'

function ConversationManager() {
  const {
    conversations,
    createConversation,
    addMessage,
    getCurrentConversation
  } = useChatStore()

  // Créer une nouvelle conversation
  const handleNewChat = () => {
    const id = createConversation("Nouvel objectif")
  }

  // Ajouter un message
  const handleAddMessage = () => {
    addMessage(conversationId, {
      id: Date.now().toString(),
      role: 'user',
      content: 'Message',
      timestamp: new Date()
    })
  }
}
export { ConversationManager };
