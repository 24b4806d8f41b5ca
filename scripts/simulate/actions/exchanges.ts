import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { openExchanges } from '@lianpiao/agent/exchange/exchange-rows';
import { rebookAnywhere } from '@lianpiao/agent/exchange/rebook-anywhere';
import { settleExchange } from '@lianpiao/agent/exchange/settle-exchange';
import { boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import { rows } from '../checks/rows.ts';
import type { Node } from '../province/node.ts';
import { type KnownTicket, type Run, soldTicket } from '../province/run-state.ts';
import { CLERK, type Station } from '../province/station-node.ts';
import { someTicket } from './counter.ts';
import { type Ride, someRide } from './rides.ts';

/** A clerk waits so long for the home of a ticket, so many times, in ms. */
const WAIT_MS = 400;
const WAITS = 5;
/** A coach may leave so long before its time, in ms. */
const LEAVES_MS = 4 * 60_000;
/** Somebody looks so often, after so many ms each, whether the home has said yes. */
const LOOKS = 200;
const LOOK_MS = 2;

/** 改签 at a station that is not the ticket's home, onto a seat of its own. */
export function rebookElsewhere(run: Run): void {
  const ticket = someTicket(run, () => true);
  const station = ticket && run.pick(run.stations.filter(({ name }) => name !== ticket.home));
  const ride = station && someRide(run, station.name);
  if (!ticket || !station || !ride) return;
  const { ticketNo, home } = ticket;
  const { trip, from, to } = ride;
  const wish = { ticketNo, tripId: trip.tripId, from, to };
  if (boardingStation(trip, from) === station.name && run.chance(0.1)) leaveBeforeYes(run, station, ride, ticket);
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

const PINNED = "SELECT 1 FROM exchanges WHERE state = 'pinned' AND old_ticket_no = ?";
const REBOOKED = "SELECT 1 FROM tickets WHERE state = 'rebooked' AND ticket_no = ?";

/** The old ticket's home has said yes, and the coach of the new one leaves before its station can hear that. */
function leaveBeforeYes(run: Run, station: Node<Station>, { trip, from }: Ride, { ticketNo, home }: KnownTicket): void {
  const { tripId } = trip;
  run.begin(`depart ${tripId} before the yes for ${ticketNo}`, async () => {
    for (let look = 0; look < LOOKS; look += 1) {
      await run.pause(LOOK_MS);
      if (rows(run.node(home), REBOOKED, ticketNo).length === 0) continue;
      if (rows(station, PINNED, ticketNo).length === 0) return 'it was heard';
      run.broker.cut(station.name, true);
      run.time.wallOffsetMs += Math.max(0, departsAt(trip, from) - LEAVES_MS - run.time.wall);
      const left = await run.ask(station, CLERK, ({ agent, desk }, call) =>
        departTrip(agent, call, { tripId }, desk.clock.now()),
      );
      if (!left.ok) return left.refusal.code;
      run.journal.count('coaches that left during an exchange');
      return 'departed';
    }
    return 'no yes was said';
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
