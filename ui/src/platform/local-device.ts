// Device settings in localStorage, for browsers.

import type { DeviceStore } from './host';

const PREFIX = 'parlor.device ';

export function localStorageDevice(storage: Storage): DeviceStore {
  return {
    async get<T>(key: string): Promise<T | undefined> {
      const text = storage.getItem(PREFIX + key);
      if (text === null) return undefined;
      try {
        return JSON.parse(text) as T;
      } catch {
        return undefined;
      }
    },
    async set(key, value) {
      storage.setItem(PREFIX + key, JSON.stringify(value));
    },
    async remove(key) {
      storage.removeItem(PREFIX + key);
    },
  };
}
