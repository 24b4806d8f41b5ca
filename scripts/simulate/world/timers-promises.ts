import { theTime } from './virtual-time.ts';

/** `node:timers/promises` of the product under simulation. */
export function setTimeout<Value>(ms = 0, value?: Value): Promise<Value | undefined> {
  return new Promise((resolve) => void theTime().after(ms, () => resolve(value)));
}
