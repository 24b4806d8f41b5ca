import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { Fault } from '@lianpiao/shared/fault';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { keepSeated } from '@lianpiao/shared/store/epochs/seat-again';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import { activateRules } from '@lianpiao/shared/store/rules';
import { givenRow, statement } from '@lianpiao/shared/store/statement';
import { keepCollected } from '@lianpiao/shared/store/tickets/keep-collected';
import { findTicket, insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { noteHubFinal } from '../boarding/note-final.ts';
import { takeCommit } from '../exchange/take-commit.ts';
import { endAtGate } from '../gates/end-at-gate.ts';
import { followToldPlan } from '../gates/follow-told-plan.ts';
import { freeSeenSeat } from '../gates/free-seen-seat.ts';
import { keepToldTrip } from '../gates/keep-told-trip.ts';
import { takeHome } from '../gates/take-home.ts';
import type { StopDirectory } from '../legacy/stop-directory.ts';
import { isPulled } from '../reference/keep-sets.ts';
import { takeGrant } from '../seats/take-grant.ts';
import type { AgentTables } from '../store/tables.ts';
import { settleDue } from '../tickets/refund-dues.ts';

const keepRange = statement((db, { numberRanges }: AgentTables) =>
  db.insert(numberRanges).values(givenRow(numberRanges)).onConflictDoNothing(),
);

/** A station without a list of stops: the spelling of places is computed. */
const NO_STOPS_KNOWN: Pick<StopDirectory, 'byName'> = { byName: () => undefined };

/**
 * What each fact of the hub changes at the station. A fact happened: it is applied, never refused, and the stream applies
 * it once.
 */
export function hubFacts(
  agent: Agent,
  directory: Pick<StopDirectory, 'byName'> = NO_STOPS_KNOWN,
): FactHandlers<AgentTables> {
  return {
    'seat.granted': async (tx, { fact, at }) => {
      if (await takeGrant(agent, tx, fact, at)) return;
      throw new Fault('seat.ownership-broken', `two owners of seat ${fact.seat} on ${fact.tripId}`, {
        hint: '座位归属出现矛盾，本站座位通道已停：请立即联系联网中心。',
        retryable: false,
        facts: { tripId: fact.tripId, seat: fact.seat },
      });
    },
    'hub-ticket.seated': async (tx, { fact, at }) => {
      const known = await findTicket(tx, fact.ticketNo);
      if (known) await keepSeated(tx, fact, at);
    },
    'hub-ticket.sold': async (tx, { fact: sold, person, at }) => {
      const fact = await ticketOnArrival(tx, sold, at);
      const who = person && agent.persons.open(person);
      const sealed = person && who ? { sealed: person, key: agent.persons.find(who.idType, who.idNo) } : null;
      const known = await findTicket(tx, fact.ticketNo);
      if (!known) return insertTicket(tx, fact, sealed);
      // Boarded by its signed code before the hub's word came: the gate's state stays, the rest is filled in.
      const { tickets } = tx.t;
      const { from, to, printSeq: _shown, ...facts } = fact;
      const filled = {
        ...facts,
        fromStop: from,
        toStop: to,
        person: sealed ? Buffer.from(sealed.sealed) : null,
        personKey: sealed?.key ?? null,
      };
      await tx.db.update(tickets).set(filled).where(eq(tickets.ticketNo, fact.ticketNo));
    },
    'hub-ticket.freed': (tx, { fact, at }) => endAtGate(tx, fact, at),
    'ticket.freedSeen': async (tx, { fact, at }) => {
      await freeSeenSeat(agent, tx, fact);
      await settleDue(tx, fact, at);
    },
    'ticket.homed': (tx, { fact }) => takeHome(agent, tx, fact),
    'exchange.committed': (tx, { fact, person, at }) => takeCommit(agent, tx, fact, person, at),
    'trip.reseated': (tx, { fact, at }) => followToldPlan(agent, tx, fact, at),
    'trip.told': (tx, { fact }) => keepToldTrip(agent, tx, fact, directory),
    'hub-ticket.collected': async (tx, { fact }) => {
      const known = await findTicket(tx, fact.ticketNo);
      if (known) await keepCollected(tx, known, fact.printSeq);
    },
    'trip.final': (tx, { fact, at }) => noteHubFinal(agent, tx, fact, at),
    'numbers.leased': async (tx, { fact }) => {
      const { terminal, first, count } = fact;
      await keepRange(tx, { terminal, first, next: first, last: first + count - 1 });
    },
    // Where a set is pulled, facts about it come from a time before that, or say what the set says.
    'rules.activated': async (tx, { fact }) => {
      if (await isPulled(tx, 'rules')) return;
      await activateRules(tx, {
        ...fact.body,
        version: fact.version,
        validFrom: fact.validFrom,
        validTo: fact.validTo,
      } as RuleSet);
    },
    'allotment.set': async (tx, { fact }) => {
      if (await isPulled(tx, 'allotments')) return;
      await tx.db.insert(tx.t.allotments).values(fact).onConflictDoUpdate({ target: tx.t.allotments.line, set: fact });
    },
    'ticket-key.certified': async (tx, { fact }) => {
      if (await isPulled(tx, 'ticket-keys')) return;
      const row = { ...fact, revoked: fact.revoked ? 1 : 0 };
      await tx.db.insert(tx.t.ticketKeys).values(row).onConflictDoUpdate({ target: tx.t.ticketKeys.keyNo, set: row });
    },
  };
}
