import { vi } from 'vitest';

/** Waits in a test until `check` no longer throws: not longer than a machine under full load needs for anything here. */
export function soon<Value>(check: () => Value): Promise<Value> {
  return vi.waitFor(check, { timeout: 5_000, interval: 10 });
}
