// Text of a socket enters as unknown and leaves with a known type and the fields that are relied
// on checked; whatever else it carries is let through untouched.

export type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';
export type Required = Record<string, Kind>;

export interface Listener {
  /** What no server should send, and why. */
  garbled(why: string): void;
  /** A type from the future: passed over. */
  unknown?(type: string): void;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return isRecord(value);
  return typeof value === kind;
}

/** `required` names, per type, the fields of `data` that must be there. */
export function readFrame(
  text: unknown,
  required: Record<string, Required>,
  listener: Listener,
): (Record<string, unknown> & { type: string; data: Record<string, unknown> }) | null {
  const garbled = (why: string) => {
    listener.garbled(why);
    return null;
  };
  if (typeof text !== 'string') return garbled('not text');
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return garbled('not JSON');
  }
  if (!isRecord(frame) || typeof frame['type'] !== 'string') return garbled('no type');
  const type = frame['type'];
  const fields = Object.hasOwn(required, type) ? required[type] : undefined;
  if (fields === undefined) {
    listener.unknown?.(type);
    return null;
  }
  const data = frame['data'] ?? {};
  if (!isRecord(data)) return garbled(`${type} without data`);
  for (const [field, kind] of Object.entries(fields)) {
    if (!isKind(data[field], kind)) return garbled(`${type} without ${field}`);
  }
  return { ...frame, type, data };
}
