// The events seed's monitor: how the connection stands, in three lines.

import type { ReactNode } from 'react';
import { useWebSocket } from './use-web-socket';

export function WebSocketMonitor({ className }: { className?: string }): ReactNode {
  const { connectionState, queueSize, isConnected } = useWebSocket();
  return (
    <dl className={className} role="status">
      <div>
        <dt>State</dt>
        <dd>{connectionState}</dd>
      </div>
      <div>
        <dt>Queue</dt>
        <dd>{queueSize}</dd>
      </div>
      <div>
        <dt>Connected</dt>
        <dd>{isConnected ? '✅' : '❌'}</dd>
      </div>
    </dl>
  );
}
