// One service per address for a whole page, so that every hook and component shares a connection.

import { withDefaults } from '../settings';
import { WebSocketService, type WebSocketServiceOptions } from './web-socket-service';

const services = new Map<string, WebSocketService>();
let latest: WebSocketService | null = null;

/**
 * The service for this address, made at the first call; without options the one last asked for
 * with some. Options for a service that exists already count from its next attempt to connect on.
 */
export function getWebSocketService(options?: WebSocketServiceOptions): WebSocketService {
  if (options === undefined && latest !== null) return latest;
  const url = options?.url ?? withDefaults({}).url ?? '';
  let service = services.get(url);
  if (service === undefined) {
    service = new WebSocketService(options);
    services.set(url, service);
  } else if (options !== undefined) {
    service.configure(options);
  }
  latest = service;
  return service;
}

/** Closes them all and forgets them: at sign-out, and between tests. */
export function closeWebSocketServices(): void {
  for (const service of services.values()) service.close();
  services.clear();
  latest = null;
}
