import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';

type Late = { readonly exchangeId: string; readonly endedAt: number; readonly departedAt: number };

const LATE = `SELECT exchange_id AS exchangeId, ended_at AS endedAt, departed_at AS departedAt
  FROM exchanges JOIN departures
    ON trip_id = json_extract(new_ticket, '$.tripId') AND stop = json_extract(new_ticket, '$.from')
  WHERE exchanges.state = 'done' AND ended_at > departed_at`;

/** Nobody is given a ticket for a coach that has left in exchange for a good one. */
export function checkExchanges(run: Run): void {
  for (const station of run.stations)
    for (const late of rows<Late>(station, LATE))
      run.journal.violated('exchanged onto a coach that had left', { station: station.name, ...late });
}
