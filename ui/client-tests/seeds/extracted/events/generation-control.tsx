import { useEffect, useState } from 'react';
import { useWebSocket } from '@/hooks/useWebSocket';
function GenerationControl() {
  const { generateObjective, stopGeneration } = useWebSocket()
  const [generationId, setGenerationId] = useState<string | null>(null)
  
  const handleGenerate = () => {
    const id = generateObjective("Apprendre le piano", {
      difficulty: 'intermediate',
      category: 'music'
    })
    setGenerationId(id)
  }
  
  const handleCancel = () => {
    if (generationId) {
      stopGeneration(generationId)
      setGenerationId(null)
    }
  }
  
  return (
    <>
      <button onClick={handleGenerate}>Générer</button>
      {generationId && (
        <button onClick={handleCancel}>Annuler</button>
      )}
    </>
  )
}
export { GenerationControl };
