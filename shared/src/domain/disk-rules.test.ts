import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgeDisk } from './disk-rules.ts';

const LIMITS = { quotaBytes: 1000, reserveBytes: 100 };
const roomy = { queuedBytes: 0, freeBytes: 10_000, writable: true };

it('warns at 70 % of the quota, stops when it is used up, and stops when the volume is down to its reserve', () => {
  const cases = [
    [{}, null, false],
    [{ queuedBytes: 699 }, null, false],
    [{ queuedBytes: 700 }, null, true],
    [{ queuedBytes: 1000 }, 'disk.queue-full', true],
    [{ freeBytes: 143 }, null, false],
    [{ freeBytes: 142 }, null, true],
    [{ freeBytes: 99 }, 'disk.space-short', true],
    [{ writable: false }, 'store.not-writable', true],
  ] as const;
  for (const [reading, short, filling] of cases)
    expect([reading, judgeDisk({ ...roomy, ...reading }, LIMITS)]).toEqual([reading, { short, filling }]);
});

it('never stops a station without having warned, whatever the limits are', () => {
  const bytes = fc.integer({ min: 0, max: 1e12 });
  const reading = fc.record({ queuedBytes: bytes, freeBytes: bytes, writable: fc.boolean() });
  const limits = fc.record({ quotaBytes: fc.integer({ min: 1, max: 1e12 }), reserveBytes: bytes });
  fc.assert(
    fc.property(reading, limits, (read, limit) => {
      const { short, filling } = judgeDisk(read, limit);
      expect(short === null || filling).toBe(true);
    }),
  );
});
