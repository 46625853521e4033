// Node 20 has no WebSocket of its own; later versions are given the same one, so that all test alike.
import { closeWebSocketServices, configureClient } from '@parlor/client';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';

configureClient({ WebSocket });
afterEach(() => closeWebSocketServices());
