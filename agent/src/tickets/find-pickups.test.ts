import { aPassenger, aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aSale } from '../testing/a-sale.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { findPickups } from './find-pickups.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

it('never offers a ticket that was printed at its sale for pickup again, and offers one without paper', async () => {
  const trip = aTrip();
  const found = async (synthetic: number) => {
    const { idType, idNo } = aPassenger(synthetic);
    return (await findPickups(agent, agent.store.read, { idType, idNo })).map(({ row }) => row.ticketNo);
  };
  await aSale(agent, { trip, first: 0, print: true });
  const waiting = await aSale(agent, { trip, first: 1, print: false });
  expect(await found(0)).toEqual([]);
  expect(await found(1)).toEqual(waiting.tickets.map(({ ticketNo }) => ticketNo));

  await agent.store.transaction((tx) => tx.db.update(tx.t.tickets).set({ printSeq: 1 }));
  expect(await found(1)).toEqual([]);
});
