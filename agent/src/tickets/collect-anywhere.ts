import { done, type Outcome } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Collected, PickupProof, TicketPaper, TicketView } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { ticketView } from '@lianpiao/shared/store/tickets/ticket-view';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import type { AgentDesk } from '../agent-desk.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { collectTickets } from './collect-tickets.ts';
import { findPickups } from './find-pickups.ts';
import { linkKey } from './link-key.ts';

type Wish = { readonly proof: PickupProof; readonly ticketNos: readonly string[] };

/** Tickets that wait for this document or code: the station's own, and with the link up those of other homes. */
export async function findPickupsAnywhere(
  { agent, link }: AgentDesk,
  proof: PickupProof,
): Promise<Outcome<TicketView[], { readonly code: string }>> {
  const own = (await findPickups(agent, agent.store.read, proof)).map(({ row, trip }) =>
    ticketView(row, trip, row.person ? agent.persons.open(row.person) : null),
  );
  const elsewhere =
    'pickupCode' in proof ? await link.request('order.find', proof) : await link.request('person.find', proof);
  if (!elsewhere.ok) return own.length > 0 || elsewhere.refusal.code.endsWith('.unknown') ? done(own) : elsewhere;
  const views = Array.isArray(elsewhere.value) ? elsewhere.value : elsewhere.value.tickets;
  return done([...own, ...views.filter(({ home, state }) => home !== agent.station.code && state === 'sold')]);
}

/**
 * 取票 of tickets of any home. A counter gets print jobs; a kiosk gets the papers and prints them itself. The homes answer
 * one key one way, so that a repeat after a crash hands out nothing twice.
 */
export async function collectAnywhere(
  desk: AgentDesk,
  call: Call,
  wish: Wish,
): Promise<Outcome<Collected, { readonly code: string }>> {
  const { agent, clock } = desk;
  const toPrinter = call.caller.channel !== 'kiosk';
  const homes = await Promise.all(
    wish.ticketNos.map(async (ticketNo) => (await findTicket(agent.store.read, ticketNo))?.home),
  );
  const own = wish.ticketNos.filter((_, index) => homes[index] === agent.station.code);
  const others = wish.ticketNos.filter((ticketNo) => !own.includes(ticketNo));
  const collected: Collected = { papers: [], printJobs: [] };

  if (own.length > 0) {
    const handed = await collectTickets(
      agent,
      { ...call, key: `${call.key}-own` },
      { proof: wish.proof, ticketNos: own, toPrinter },
      clock.now(),
    );
    if (!handed.ok) return handed;
    for (const { ticketNo, printSeq, jobId } of handed.value.prints) {
      if (jobId) collected.printJobs.push(jobId);
      else collected.papers.push(await ownPaper(desk, ticketNo, printSeq));
    }
  }
  if (others.length > 0) {
    const handed = await desk.link.request(
      'ticket.collect',
      { proof: wish.proof, ticketNos: [...others], terminal: call.caller.terminal },
      linkKey(call),
    );
    if (!handed.ok) return handed;
    if (!toPrinter) collected.papers.push(...handed.value.papers);
    else {
      const queued = await queuePapers(agent, call, handed.value.papers, clock.now());
      if (!queued.ok) return queued;
      collected.printJobs.push(...queued.value);
    }
  }
  return done(collected);
}

async function ownPaper({ agent, paper, clock }: AgentDesk, ticketNo: string, printSeq: number): Promise<TicketPaper> {
  const row = (await findTicket(agent.store.read, ticketNo))!;
  const trip = (await findTrip(agent.store.read, row.tripId))!;
  return paper({ row, trip, who: row.person ? agent.persons.open(row.person) : null, printSeq }, clock.now());
}

function queuePapers(agent: Agent, call: Call, papers: readonly TicketPaper[], now: EpochMs) {
  return answerOnce(agent.store, { ...call, key: `${call.key}-print` }, 'queue-papers', now, async (tx) => {
    const jobs: string[] = [];
    for (const paper of papers) {
      const jobId = agent.newId();
      const { ticketNo, printSeq } = paper;
      const sealed = agent.persons.sealText(JSON.stringify(paper), serviceDateOf(now, 'Asia/Shanghai'));
      await queuePrint(
        tx,
        { jobId, ticketNo, printSeq, what: 'pickup', terminal: call.caller.terminal, paper: sealed },
        now,
      );
      await audit(tx, call.caller, 'ticket.collected', ticketNo, now, String(printSeq));
      jobs.push(jobId);
    }
    return done(jobs);
  });
}
