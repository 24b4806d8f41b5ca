import { expect, it } from 'vitest';
import { FrontDoor } from './front-door.ts';

const limits = { waitingMax: 5, waitingPerAddressMax: 3, newPerAddress: { perSecond: 10, burst: 8 } };

it('lets one flooding address take its share and leaves the rest to others', () => {
  const door = new FrontDoor(limits);
  expect([1, 2, 3, 4].map(() => door.enter('10.0.0.1', 0))).toEqual([
    undefined,
    undefined,
    undefined,
    'broker.address-too-busy',
  ]);
  expect([1, 2, 3].map(() => door.enter('10.0.0.2', 0))).toEqual([undefined, undefined, 'broker.too-many-waiting']);
  door.leave('10.0.0.1');
  expect(door.enter('10.0.0.2', 0)).toBeUndefined();
  expect(door.waiting).toBe(5);
});

it('slows down an address that comes and goes, and forgets it when it is quiet', () => {
  const door = new FrontDoor(limits);
  const visits = (count: number, now: number) =>
    Array.from({ length: count }, () => {
      const refusal = door.enter('10.0.0.1', now);
      if (!refusal) door.leave('10.0.0.1');
      return refusal === undefined;
    }).filter(Boolean).length;
  expect(visits(20, 0)).toBe(8);
  expect(visits(20, 500)).toBe(5);
  expect(visits(20, 60_000)).toBe(8);
});

it('remembers a bounded number of addresses', () => {
  const door = new FrontDoor({ ...limits, waitingMax: 1e9 });
  let refused = 0;
  for (let address = 0; address < 12_000; address += 1) if (door.enter(`10.${address}`, 0)) refused += 1;
  expect(refused).toBe(2_000);
  for (let address = 0; address < 10_000; address += 1) door.leave(`10.${address}`);
  expect(door.enter('10.99999', 10_000)).toBeUndefined();
  expect(door.waiting).toBe(1);
});
