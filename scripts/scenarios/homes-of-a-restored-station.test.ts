import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { resumeSelling } from '@lianpiao/agent/selling/resume-selling';
import { stopSelling } from '@lianpiao/agent/selling/sale-stops';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, SHAOXING } from './boarding-point.ts';

/** Behind the cut-off of Shaoxing, where the coach leaves at 19:00. */
const NEAR = Date.UTC(2026, 10, 21, 10, 40);

it('gives no home of a ticket away before a restored station knows which ones it had given', async () => {
  const trip = aTripByShaoxing(4);
  const day = await aBoardingPoint(trip);
  const { ticketNo } = (await aSale(day.origin, { trip, from: 1, to: 3, now: day.clock.now() })).tickets[0]!;
  await day.carryAll();
  const { store } = day.origin;
  const stop = { cause: 'continuity', code: 'station.restored', detail: '', since: NEAR } as const;
  await store.transaction((tx) => stopSelling(tx, stop));
  expect(await passHomes(day.origin, NEAR)).toBe(0);
  await store.transaction((tx) => resumeSelling(tx, 'continuity'));
  expect(await passHomes(day.origin, NEAR)).toBe(1);
  expect(await findTicket(store.read, ticketNo)).toMatchObject({ home: SHAOXING });
  await day.end();
});
