import { openExchanges } from '@lianpiao/agent/exchange/exchange-rows';
import { rebookAnywhere } from '@lianpiao/agent/exchange/rebook-anywhere';
import { settleExchange } from '@lianpiao/agent/exchange/settle-exchange';
import { type Run, soldTicket } from '../province/run-state.ts';
import { CLERK } from '../province/station-node.ts';
import { someTicket } from './counter.ts';
import { someRide } from './rides.ts';

/** A clerk waits so long for the home of a ticket, so many times, in ms. */
const WAIT_MS = 400;
const WAITS = 5;

/** 改签 at a station that is not the ticket's home, onto a seat of its own. */
export function rebookElsewhere(run: Run): void {
  const ticket = someTicket(run, () => true);
  const station = ticket && run.pick(run.stations.filter(({ name }) => name !== ticket.home));
  const ride = station && someRide(run, station.name);
  if (!ticket || !station || !ride) return;
  const { ticketNo, home } = ticket;
  const { trip, from, to } = ride;
  const wish = { ticketNo, tripId: trip.tripId, from, to };
  const key = `exchange-${run.next()}`;
  const call = { caller: CLERK, key, bodyHash: key };
  run.begin(`rebook ${ticketNo} of ${home} at ${station.name}`, async () => {
    for (let wait = 0; wait < WAITS; wait += 1) {
      const rebooked = await run.untilAnswered(station, ({ desk }) => rebookAnywhere(desk, call, wish));
      if (rebooked.ok) {
        ticket.state = 'rebooked';
        run.told(soldTicket(rebooked.value.ticket, ticket.who, ride, station.name));
        run.journal.count(home === 'hub' ? 'exchanges with the hub' : 'exchanges with a station');
        return `to ${rebooked.value.ticket.seat} of ${trip.tripId}`;
      }
      if (rebooked.refusal.code !== 'exchange.under-way') return rebooked.refusal.code;
      await run.pause(WAIT_MS);
    }
    run.journal.count('exchanges left under way');
    return 'does not know what became of it';
  });
}

/** Somebody comes back for what an exchange owes them that ended when they had gone. */
export function settleOne(run: Run): void {
  const station = run.pick(run.stations)!;
  run.begin(`money of an exchange at ${station.name}`, async () => {
    const open = await run.untilAnswered(station, ({ agent }) => openExchanges(agent.store.read));
    const due = run.pick(open.ok ? open.value.filter(({ dueFen }) => dueFen > 0) : []);
    if (!due) return 'nothing is due';
    const settled = await run.ask(station, CLERK, ({ agent, desk }, call) =>
      settleExchange(agent, call, due.exchangeId, desk.clock.now()),
    );
    if (!settled.ok) return settled.refusal.code;
    run.journal.count('exchanges settled');
    return `gets ${settled.value.paidFen}`;
  });
}
