import { useEffect, useState } from 'react';
import { WSEventType } from '@/services/websocket/types';
import { useWebSocket } from '@/hooks/useWebSocket';
declare function retry(): void;
declare const toast: { error(text: string): void };
export function useErrors() {
const { on } = useWebSocket();
// Dans le hook
useEffect(() => {
  const unsubError = on(WSEventType.ERROR, (error) => {
    if (error.retryable) {
      // Réessayer automatiquement
      setTimeout(() => retry(), 3000)
    } else {
      // Afficher l'erreur à l'utilisateur
      toast.error(error.message)
    }
  })
  
  const unsubDisconnect = on('disconnected', () => {
    // Le service gère la reconnexion automatiquement
    console.log('Déconnecté, reconnexion en cours...')
  })
  
  return () => {
    unsubError()
    unsubDisconnect()
  }
}, [])
}
