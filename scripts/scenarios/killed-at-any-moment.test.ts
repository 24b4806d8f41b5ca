import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkState, Offer, Sold } from '@lianpiao/shared/protocol/ticketing';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { seededRandom } from '@lianpiao/shared/testing/chaos-transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient, until } from '../demo/http-client.ts';
import { books } from '../demo/look.ts';
import { World } from '../demo/world.ts';

const SALES = 40;
const KILLS = 9;
const SEED = 20261121;

let folder: string;
let world: World;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-killed-'));
  world = await World.open(folder, () => undefined);
}, 90_000);
afterAll(async () => {
  await world?.province.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** A caller that does what every caller must: it repeats its wish under the same key until it has an answer. */
async function insist<Value>(client: () => HttpClient, path: string, body: object): Promise<Value> {
  const key = randomUUID();
  return until(
    path,
    () => client().post<Value>(path, body, key),
    () => true,
    40_000,
  );
}

describe('a province whose processes are killed at any moment', () => {
  it('loses nothing that it has acknowledged, counts nothing twice, and its books balance', async () => {
    const { province } = world;
    const random = seededRandom(SEED);
    const offers = await until(
      'departures',
      () => world.counters.hangzhou.get<Offer[]>('/trips/departures'),
      (found) => found.filter(({ remaining }) => remaining > 20).length > 1,
      20_000,
    );
    const [offer] = offers.filter(({ remaining, departs }) => remaining > 20 && departs > '09:00');
    const { tripId, from, to } = offer!;

    const adapter = new HttpClient(`${province.agentUrl('hangzhou')}/adapter/v1`, {
      authorization: `Bearer ${province.credentials('hangzhou').adapter.token}`,
    });
    const told: string[] = [];
    let selling = true;
    const seller = async () => {
      for (let sale = 0; sale < SALES; sale += 1) {
        const held = await insist<{ holdId: string }>(() => adapter, '/holds', { tripId, from, to, count: 1 }).catch(
          () => undefined,
        );
        if (!held) break;
        const passengers = [{ ...aPassenger(sale), fareType: 'full' }];
        const sold = await insist<Sold>(() => adapter, '/sales', {
          holdId: held.holdId,
          passengers,
          payMethod: 'cash',
          print: false,
        });
        told.push(...sold.tickets.map(({ ticketNo }) => ticketNo));
      }
      selling = false;
    };
    const killer = async () => {
      for (let kill = 0; kill < KILLS && selling; kill += 1) {
        await new Promise((next) => setImmediate(next));
        const soldBefore = told.length;
        await until(
          'another sale',
          async () => told.length,
          (count) => count > soldBefore || !selling,
          20_000,
        );
        const victim = (['hangzhou', 'hub', 'broker'] as const)[Math.floor(random() * 3)]!;
        await province.children.get(victim)!.kill();
        if (victim === 'hub') await province.startHub();
        else if (victim === 'broker') await province.startBroker();
        else await province.startAgent('hangzhou');
      }
    };
    await Promise.all([seller(), killer()]);
    expect(told.length).toBeGreaterThan(10);
    expect(new Set(told).size).toBe(told.length);

    await world.signInAtConsole();
    await until(
      'an empty queue',
      () => world.counters.hangzhou.get<LinkState>('/state'),
      ({ state, queued }) => state === 'online' && queued === 0,
      30_000,
    );
    type Ticket = { ticketNo: string; seat: string; state: string };
    const seen = await until(
      'every ticket at the hub',
      () => world.console.get<{ tickets: Ticket[] }>(`/trips/${tripId}`),
      ({ tickets }) => tickets.length >= told.length,
      15_000,
    );
    expect(seen.tickets.map(({ ticketNo }) => ticketNo).sort()).toEqual([...told].sort());
    expect(new Set(seen.tickets.map(({ seat }) => seat)).size).toBe(told.length);
    const { kinds } = await books(
      world,
      'balanced books',
      (view) => view.balanced && view.kinds.cash === told.length * offer!.fullFen,
    );
    expect(kinds.unearned).toBe(-told.length * offer!.fullFen);
  }, 170_000);
});
