import { expect, it } from 'vitest';
import { BulkPace } from './bulk-pace.ts';

it.each([
  { name: 'of 60 % of what was measured', measured: 500_000, bytesPerSecond: 300_000 },
  { name: 'of 60 % of 2 Mbps where nothing was measured', measured: undefined, bytesPerSecond: 150_000 },
])('bulk goes out in chunks at a rate $name', ({ measured, bytesPerSecond }) => {
  const pace = new BulkPace();
  let bytes = 0;
  for (let now = 0; now < 60_000; now += 1) {
    if (!pace.isFree(now)) continue;
    bytes += 16_000;
    pace.spend(16_000, measured, now);
  }
  expect(bytes / 60 / bytesPerSecond).toBeGreaterThan(0.97);
  expect(bytes / 60 / bytesPerSecond).toBeLessThan(1.02);
});
