import { cutOffBeginsAt } from '@lianpiao/shared/domain/cut-off-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { statement, value } from '@lianpiao/shared/store/statement';
import { emit } from '@lianpiao/shared/store/streams';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { whyNotEnd } from '../selling/why-not-end.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** A coach that should have left that stop longer ago is looked at no more, in ms. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** Living tickets of this home on stops whose departure is near, and whose station has a ticket key, so an agent. */
const near = statement((db, t: AgentTables) =>
  db
    .selectDistinct({ ticketNo: t.tickets.ticketNo, tripId: t.tickets.tripId, stop: t.tickets.fromStop })
    .from(t.tickets)
    .innerJoin(t.tripStops, and(eq(t.tripStops.tripId, t.tickets.tripId), eq(t.tripStops.position, t.tickets.fromStop)))
    .where(
      and(
        gt(t.tripStops.departsAt, value('after')),
        lte(t.tripStops.departsAt, value('until')),
        eq(t.tickets.home, value('home')),
        sql`${t.tickets.state} in ('sold', 'collected')`,
        sql`not exists (select 1 from ${t.homesBack} where ${t.homesBack.ticketNo} = ${t.tickets.ticketNo})`,
      ),
    ),
);

/**
 * From the cut-off of a boarding stop on, by this station's own clock, a ticket that boards at another gate changes at that
 * gate's station only (inventory: home of a ticket): its passenger stands there. A home that came back stays here, and an older
 * hub passes none on. Returns how many homes were given away.
 */
export async function passHomes(agent: Agent, now: EpochMs): Promise<number> {
  const { store, station } = agent;
  // A restored station may have given them away in the part that is lost.
  if (await whyNotEnd(store.read)) return 0;
  if (!(await speaks(store.read, HUB, 'ticket.homeGiven'))) return 0;
  const rules = await rulesAt(store.read, now);
  const until = now + (now - cutOffBeginsAt(now, rules));
  const due = await near(store.read, { after: now - LOOK_BACK_MS, until, home: station.code });
  if (due.length === 0) return 0;
  const { db, t } = store.read;
  const agents = new Set((await db.select().from(t.ticketKeys)).flatMap((key) => (key.revoked ? [] : [key.owner])));
  let given = 0;
  for (const { ticketNo, tripId, stop } of due) {
    const trip = (await findTrip(store.read, tripId))!;
    const home = boardingStation(trip, stop);
    if (
      home === null ||
      home === station.code ||
      !agents.has(home) ||
      now < cutOffBeginsAt(departsAt(trip, stop), rules)
    )
      continue;
    const bizDate = serviceDateOf(now, trip.zone);
    const fact = { ticketNo, tripId, at: now, bizDate, by: 'cut-off', home };
    if (await store.transaction((tx) => giveHome(agent, tx, fact, now))) given += 1;
  }
  return given;
}

async function giveHome(
  { station }: Agent,
  tx: AgentTx,
  fact: EventBody<'ticket.homeGiven'>,
  now: EpochMs,
): Promise<boolean> {
  const { tickets } = tx.t;
  const mine = and(
    eq(tickets.ticketNo, fact.ticketNo),
    eq(tickets.home, station.code),
    sql`${tickets.state} in ('sold', 'collected')`,
  );
  const [moved] = await tx.db.update(tickets).set({ home: fact.home }).where(mine).returning();
  if (!moved) return false;
  await emit(tx, { peer: HUB, type: 'ticket.homeGiven', agg: fact.tripId, fact }, now);
  return true;
}
