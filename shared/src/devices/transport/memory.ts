import { alreadyClosed, createTransportEvents, type Transport } from './transport.ts';

/**
 * Two transports that are joined back to back, in this process: a driver on one end, a simulated device on the other.
 * Bytes arrive in order and never during the `write` that sent them, as on a wire. Closing either end closes both.
 */
export function memoryPair(name = 'pair'): readonly [Transport, Transport] {
  const left = createTransportEvents();
  const right = createTransportEvents();
  const end = (label: string, mine: typeof left, theirs: typeof left): Transport => {
    const address = `memory://${name}/${label}`;
    return {
      address,
      onData: mine.onData,
      onClose: mine.onClose,
      open: () => Promise.resolve(),
      write: async (bytes) => {
        if (mine.isClosed()) throw alreadyClosed(address);
        const copy = Uint8Array.from(bytes);
        queueMicrotask(() => theirs.data(copy));
      },
      close: async () => {
        // Through the same queue as the bytes, so that what was written before still arrives.
        queueMicrotask(() => {
          mine.closed(null);
          theirs.closed(null);
        });
      },
    };
  };
  return [end('a', left, right), end('b', right, left)];
}
