import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, describe, expect, it } from 'vitest';
import { spawnLimited } from '../scenarios/link-rig.ts';
import { DEADLY_SALE, type SellingMode, type SellingSays, saleNo } from './selling-station.ts';

/** Rows of the failure matrix in which a station dies or runs out of disk while it sells. */
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** Runs a selling station to its end. `kilobytes` is the disk that it has for each file. */
async function station(mode: SellingMode, kilobytes?: number) {
  const child = spawnLimited([join(import.meta.dirname, 'selling-station.ts'), mode], kilobytes);
  const lines: SellingSays[] = [];
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout! })) lines.push(JSON.parse(line) as SellingSays);
  await ended;
  const said = <Key extends string>(key: Key) =>
    lines.flatMap((line) => (key in line ? [(line as Record<string, string>)[key]!] : []));
  const [folder = ''] = said('folder');
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  const store = await openAgentStore(join(folder, 'agent.sqlite'));
  cleanUp.push(() => store.close());
  const { db, t } = store.read;
  const tickets = (await db.select({ ticketNo: t.tickets.ticketNo }).from(t.tickets)).map((row) => row.ticketNo);
  const sent = (await db.select({ type: t.outbox.type, fact: t.outbox.fact }).from(t.outbox))
    .filter(({ type }) => type === 'ticket.sold')
    .map(({ fact }) => (JSON.parse(fact) as { ticketNo: string }).ticketNo);
  return { store, sold: said('ticketNo'), code: said('code')[0], holdId: said('holdId')[0], tickets, sent };
}

describe('the failure matrix, at a station that sells', () => {
  it('row 5: agent killed inside a transaction: neither ticket nor event, and the seat is still held', async () => {
    const { store, sold, tickets, sent, holdId } = await station('inside');
    expect(sold).toHaveLength(DEADLY_SALE);
    expect(tickets.sort()).toEqual(sold.sort());
    expect(sent.sort()).toEqual(sold);
    const holds = await store.read.db.select().from(store.read.t.holds);
    expect(holds.find((row) => row.holdId === holdId)).toMatchObject({ state: 'held' });
  });

  it('row 6: agent killed behind COMMIT, before print or publish: the ticket is there with its event and its print job, and asking again gives no second number', async () => {
    const { store, sold, tickets, sent, holdId } = await station('behind');
    const [unsaid, ...more] = tickets.filter((ticketNo) => !sold.includes(ticketNo));
    expect(unsaid).toBeDefined();
    expect(more).toEqual([]);
    expect(sent.sort()).toEqual(tickets.sort());
    const jobs = await store.read.db.select().from(store.read.t.printJobs);
    expect(jobs.filter((job) => job.ticketNo === unsaid)).toHaveLength(1);

    const fresh = await freshAgent();
    cleanUp.push(() => fresh.end());
    const { call, input } = saleNo(DEADLY_SALE, holdId!);
    const again = await sell({ ...fresh, store }, call, input, NOON);
    expect(again).toMatchObject({ ok: true, value: { tickets: [{ ticketNo: unsaid }] } });
    expect(await store.read.db.select().from(store.read.t.tickets)).toHaveLength(tickets.length);
  });

  it('row 7: agent disk full: the sale is refused with a code before money is taken, and nothing of it stays', async () => {
    const { sold, code, tickets, sent } = await station('full', 900);
    expect(code).toMatch(/^store\.(not-writable|disk-full)$/);
    expect(sold.length).toBeGreaterThan(0);
    expect(tickets.sort()).toEqual(sold.sort());
    expect(sent.sort()).toEqual(sold);
  });
});
