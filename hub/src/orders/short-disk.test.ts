import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { aPassenger, aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anOrder, call, type FreshHub, freshHub, onSale, pay } from '../testing/fresh-hub.ts';
import { watchDisk } from '../watch-disk.ts';
import { createOrder } from './create-order.ts';
import { holdSeats } from './hold-seats.ts';
import { orderById } from './query-orders.ts';

const trip = aTrip();
const limits = { quotaBytes: 2 ** 40, reserveBytes: 1 };
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 4);
});
afterEach(() => hub.end());

it('takes neither holds nor orders while its disk is short, tells a person once, and still gives what was paid for', async () => {
  const room = new DiskRoom(limits);
  const selling = { ...hub, room };
  limits.reserveBytes = 1;
  await watchDisk(selling, hub.folder);
  const paying = await anOrder(selling, trip);
  const ride = { tripId: trip.tripId, from: 0, to: trip.stops.length - 1, count: 1 };
  const held = await holdSeats(selling, call(), ride, hub.clock.now());
  if (!held.ok) throw new Error(held.refusal.code);

  limits.reserveBytes = Number.MAX_SAFE_INTEGER;
  await watchDisk(selling, hub.folder);
  await watchDisk(selling, hub.folder);
  const no = { ok: false, refusal: { code: 'disk.space-short' } };
  expect(await holdSeats(selling, call(), ride, hub.clock.now())).toEqual(no);
  // Synthetic people.
  const passengers = [{ ...aPassenger(3), fareType: 'full' as const }];
  const wish = { holdId: held.value.holdId, passengers, contact: { name: '测试甲', phone: '13800000000' } };
  expect(await createOrder(selling, call(), wish, hub.clock.now())).toEqual(no);
  expect(await hub.store.read.db.select().from(hub.store.read.t.alarms)).toMatchObject([
    { code: 'disk.stops-sales', subject: 'hub' },
  ]);
  await pay(hub, paying.payment.payUrl);
  expect(await orderById(hub, paying.order.orderId)).toMatchObject({ ok: true, value: { state: 'ticketed' } });
});
