import type { Agent } from '@lianpiao/agent/agent';
import { closeBoarding } from '@lianpiao/agent/boarding/close-boarding';
import { expireHolds } from '@lianpiao/agent/seats/expire-holds';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { clockState, watchClock } from '@lianpiao/agent/time/watch-clock';
import { NO_MONEY } from '@lianpiao/hub/inventory/no-money';
import { projections } from '@lianpiao/hub/inventory/projections';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { addDays, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig } from '../scenarios/link-rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** What a corrected time may be off after one exchange on this machine, in ms. */
const ERROR_MS = 1_500;
const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const today = () => serviceDateOf(Date.now(), 'Asia/Shanghai');
let ids = 0;
const newId = () => `id-${ids++}`;
function vault() {
  const persons = personVault(Buffer.alloc(32, 7));
  const month = Number(today().slice(0, 6));
  for (const keyNo of [month - 1, month, month + 1]) persons.load(sealingKey(keyNo, Buffer.alloc(32, 1)));
  return persons;
}
const agentOn = (store: AgentStore): Agent => ({
  store,
  room: new DiskRoom(),
  persons: vault(),
  newId,
  station: { code: HANGZHOU as StationCode, name: '杭州' },
});

describe('the failure matrix, at a station whose clock is set', () => {
  it('row 16: clock a day ahead, an hour back, stepped: order, holds of other owners and business dates untouched, clock.jump reported', async () => {
    const facts = projections({ persons: vault(), money: NO_MONEY, clock: systemClock, newId });
    const hub = await rig.hub({ facts: () => facts });
    await hub.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, Date.now()));
    const machine = { ...systemClock, offMs: 0, now: () => Date.now() + machine.offMs };
    const { store, clock, link } = await rig.station(HANGZHOU, {
      machine,
      facts: (own) => hubFacts(agentOn(own)),
    });
    const agent = agentOn(store);
    const day = today();
    const trip = aTrip({ serviceDate: addDays(day, 1), seatCount: 12 });
    const ride = { tripId: trip.tripId, from: 0, to: 2 };
    await soon(() => expect(link.state().online).toBe(true));
    await soon(async () => expect(await store.read.db.select().from(store.read.t.numberRanges)).not.toEqual([]));
    await watchClock(store, clock);

    const sale = (first: number) => aSale(agent, { trip, first, now: clock.now() });
    const sold = [...(await sale(0)).tickets];
    expect(await giveSeats(agent, call(), { ...ride, count: 2 }, clock.now())).toMatchObject({ ok: true });
    const theirs = { ...ride, holdId: 'hub-hold', count: 1, caller: 'web-demo' };
    const expiresAt = Date.now() + 10 * MINUTE;
    await soon(async () =>
      expect(
        await hub.store.transaction((tx) => claimSeats(tx, { ...theirs, seats: undefined, expiresAt }, Date.now())),
      ).toMatchObject({ ok: true }),
    );
    const ours = await holdSeats(agent, call(), { ...ride, count: 1 }, clock.now());
    expect(ours.ok).toBe(true);

    for (const [index, offMs] of [DAY, -HOUR, 10_000].entries()) {
      machine.offMs = offMs;
      await watchClock(store, clock);
      sold.push(...(await sale(index + 1)).tickets);
      expect(await closeBoarding(agent, clock.now())).toBe(0);
      expect(await expireHolds(agent, clock.now())).toBe(0);
    }

    const { t } = hub.store.read;
    const atHub = async () => (await hub.store.read.db.select().from(t.tickets)).sort((a, b) => a.soldAt - b.soldAt);
    await soon(async () => expect(await atHub()).toHaveLength(4));
    const arrived = await atHub();
    expect(arrived.map(({ ticketNo }) => ticketNo)).toEqual(sold.map(({ ticketNo }) => ticketNo));
    expect(arrived.map(({ bizDate }) => bizDate)).toEqual([day, day, day, day]);
    for (const { soldAt } of arrived) expect(Math.abs(Date.now() - soldAt)).toBeLessThan(MINUTE);
    const [held] = await hub.store.read.db.select().from(t.holds);
    expect(held).toMatchObject({ holdId: 'hub-hold', state: 'held', expiresAt });

    const written = await store.read.db.select().from(store.read.t.outbox);
    const steps = written.flatMap(({ type, fact }) =>
      type === 'clock.jump' ? [(JSON.parse(fact) as { stepMs: number }).stepMs] : [],
    );
    for (const [index, expected] of [DAY, -DAY - HOUR, HOUR + 10_000].entries())
      expect(Math.abs(steps[index]! - expected)).toBeLessThan(ERROR_MS);
    const walls = written.filter(({ type }) => type === 'ticket.sold').map(({ at, wallAt }) => wallAt! - at);
    for (const [index, offMs] of [0, DAY, -HOUR, 10_000].entries())
      expect(Math.abs(walls[index]! - offMs)).toBeLessThan(ERROR_MS);
    expect(await clockState(store.read)).toMatchObject({ level: 'warning' });
    await soon(async () =>
      expect(await hub.store.read.db.select().from(t.alarms)).toMatchObject([
        { code: 'clock.jump', subject: HANGZHOU, closedAt: null },
      ]),
    );
  });
});
