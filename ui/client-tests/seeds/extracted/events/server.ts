declare function generateId(): string;
declare function handleGenerateObjective(ws: unknown, message: unknown): Promise<void>;
import { WebSocketServer } from 'ws'
import { OpenAI } from 'openai'

const wss = new WebSocketServer({ port: 3001 })
const openai = new OpenAI()

wss.on('connection', (ws) => {
  console.log('Client connected')
  
  ws.on('message', async (data) => {
    const message = JSON.parse(data.toString())
    
    switch (message.type) {
      case 'USER_MESSAGE':
        await handleUserMessage(ws, message)
        break
      case 'GENERATE_OBJECTIVE':
        await handleGenerateObjective(ws, message)
        break
    }
  })
})

async function handleUserMessage(ws, message) {
  const messageId = generateId()
  
  // 1. Envoyer "IA réfléchit"
  ws.send(JSON.stringify({
    id: generateId(),
    type: 'AI_THINKING',
    timestamp: Date.now(),
    data: {}
  }))
  
  // 2. Commencer le streaming
  ws.send(JSON.stringify({
    id: generateId(),
    type: 'AI_MESSAGE_START',
    timestamp: Date.now(),
    data: { messageId }
  }))
  
  // 3. Stream OpenAI
  const stream = await openai.chat.completions.create({
    model: 'gpt-4',
    messages: [{ role: 'user', content: message.data.content }],
    stream: true
  })
  
  // 4. Envoyer les chunks
  for await (const chunk of stream) {
    const content = chunk.choices[0]?.delta?.content || ''
    
    ws.send(JSON.stringify({
      id: generateId(),
      type: 'AI_MESSAGE_CHUNK',
      timestamp: Date.now(),
      data: {
        messageId,
        content
      }
    }))
  }
  
  // 5. Fin du message
  ws.send(JSON.stringify({
    id: generateId(),
    type: 'AI_MESSAGE_END',
    timestamp: Date.now(),
    data: {
      messageId,
      isComplete: true,
      stopReason: 'complete'
    }
  }))
}
export { wss };
