import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { Fault } from '@lianpiao/shared/fault';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { activateRules } from '@lianpiao/shared/store/rules';
import { findTicket, insertTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { noteHubFinal } from '../boarding/note-final.ts';
import { takeGrant } from '../seats/take-grant.ts';
import type { AgentTables } from '../store/tables.ts';

/**
 * What each fact of the hub changes at the station. A fact happened: it is applied, never refused, and the stream applies
 * it once.
 */
export function hubFacts(agent: Agent): FactHandlers<AgentTables> {
  return {
    'seat.granted': async (tx, { fact, at }) => {
      if (await takeGrant(agent, tx, fact, at)) return;
      throw new Fault('seat.ownership-broken', `two owners of seat ${fact.seat} on ${fact.tripId}`, {
        hint: '座位归属出现矛盾，本站座位通道已停：请立即联系联网中心。',
        retryable: false,
        facts: { tripId: fact.tripId, seat: fact.seat },
      });
    },
    'hub-ticket.sold': async (tx, { fact, person }) => {
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
    'hub-ticket.freed': async (tx, { fact }) => {
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected', 'forfeited'], fact.state, { endedAt: fact.at });
    },
    'hub-ticket.collected': async (tx, { fact }) => {
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected'], 'collected', { printSeq: fact.printSeq });
    },
    'trip.final': (tx, { fact, at }) => noteHubFinal(agent, tx, fact, at),
    'numbers.leased': async (tx, { fact }) => {
      const { terminal, first, count } = fact;
      await tx.db
        .insert(tx.t.numberRanges)
        .values({ terminal, first, next: first, last: first + count - 1 })
        .onConflictDoNothing();
    },
    'rules.activated': async (tx, { fact }) => {
      await activateRules(tx, {
        ...fact.body,
        version: fact.version,
        validFrom: fact.validFrom,
        validTo: fact.validTo,
      } as RuleSet);
    },
    'allotment.set': async (tx, { fact }) => {
      await tx.db.insert(tx.t.allotments).values(fact).onConflictDoUpdate({ target: tx.t.allotments.line, set: fact });
    },
    'ticket-key.certified': async (tx, { fact }) => {
      const row = { ...fact, revoked: fact.revoked ? 1 : 0 };
      await tx.db.insert(tx.t.ticketKeys).values(row).onConflictDoUpdate({ target: tx.t.ticketKeys.keyNo, set: row });
    },
  };
}
