// Before every test file: an IndexedDB for the outbox, and the browser parts jsdom lacks.
import 'fake-indexeddb/auto';

class NoResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoResizeObserver;
if (typeof Element !== 'undefined') Element.prototype.scrollIntoView ??= () => {};
