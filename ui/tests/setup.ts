// Before every test file: an IndexedDB for the outbox, and the browser parts jsdom lacks.
import 'fake-indexeddb/auto';
import { configure } from '@testing-library/dom';

// What is awaited may take its time on a busy machine.
configure({ asyncUtilTimeout: 30_000 });

class NoResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoResizeObserver;
if (typeof Element !== 'undefined') Element.prototype.scrollIntoView ??= () => {};
