import { describe, expect, it } from 'vitest';
import { grown, readMetrics } from './server-numbers';

const page = (messages: number, connections: number) => `# HELP parlor_connections Open WebSocket connections.
# TYPE parlor_connections gauge
parlor_connections ${connections}
parlor_messages_total ${messages}
parlor_errors_total{code="TIMEOUT"} 3
parlor_errors_total{code="RATE_LIMIT"} 4
`;
const empty = { connections: [], running: [], messages: [], frames: [], bytes: [], errors: [], refused: [] };

describe('the numbers of a server', () => {
  it('are read from its page, and nothing else is', () => {
    expect([...readMetrics(page(7, 2))]).toEqual([
      ['parlor_connections', 2],
      ['parlor_messages_total', 7],
      ['parlor_errors_total', 7],
    ]);
    expect(readMetrics('<html>not a page of metrics</html>').size).toBe(0);
  });

  it('are shown per second where they are counted, and as they are where they stand', () => {
    const first = grown(empty, readMetrics(page(10, 2)), 1000, null);
    expect(first.messages, 'one look tells no rate').toEqual([]);
    expect(first.connections).toEqual([{ at: 1000, value: 2 }]);
    const second = grown(first, readMetrics(page(16, 3)), 3000, { numbers: readMetrics(page(10, 2)), at: 1000 });
    expect(second.messages).toEqual([{ at: 3000, value: 3 }]);
    expect(second.connections.map(({ value }) => value)).toEqual([2, 3]);
  });

  it('never fall below nothing when the server began anew', () => {
    const after = grown(empty, readMetrics(page(1, 1)), 2000, { numbers: readMetrics(page(900, 1)), at: 1000 });
    expect(after.messages).toEqual([{ at: 2000, value: 0 }]);
  });
});
