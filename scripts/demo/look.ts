import type { TicketView } from '@lianpiao/shared/protocol/ticketing';
import { until } from './http-client.ts';
import type { World } from './world.ts';

/** What the console says of the books: sums of all accounts by kind, debits positive. */
export type BooksView = {
  readonly balanced: boolean;
  readonly sumFen: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly unsettledTickets: readonly unknown[];
};
export type StatementRow = {
  readonly id: string;
  readonly party: string;
  readonly partyKind: string;
  readonly owedFen: number;
  readonly pageUrl: string;
  readonly csvUrl: string;
};

type TrayTicket = {
  readonly printerId: string;
  readonly state: string;
  readonly text: unknown;
  readonly qr: readonly string[];
};

/** The paper of a ticket in the tray of a printer, whole, with the text of its code. */
export async function trayTicket(world: World, printer: string, ticketNo: string): Promise<{ qr: string }> {
  const find = ({ tickets }: { tickets: TrayTicket[] }) =>
    tickets.find(({ state, qr }) => state === 'complete' && qr.some((code) => code.includes(ticketNo)));
  const tray = await until(
    `paper of ${ticketNo}`,
    () => world.desk.get<{ tickets: TrayTicket[] }>(`/tickets?printer=${printer}`),
    (seen) => find(seen) !== undefined,
  );
  return { qr: find(tray)!.qr[0]! };
}

/** The ticket as the hub knows it, once it is in that state there. */
export async function hubTicket(
  world: World,
  tripId: string,
  ticketNo: string,
  state: TicketView['state'],
  withinMs?: number,
): Promise<void> {
  const path = `/trips/${tripId}`;
  const inState = ({ tickets }: { tickets: TicketView[] }) =>
    tickets.some((ticket) => ticket.ticketNo === ticketNo && ticket.state === state);
  await until(
    `${ticketNo} to be ${state} at the hub`,
    () => world.console.get<{ tickets: TicketView[] }>(path),
    inState,
    withinMs,
  );
}

/** The books, once they are as wanted. The console sums them every few seconds. */
export function books(world: World, what: string, isThere: (view: BooksView) => boolean): Promise<BooksView> {
  return until(what, () => world.console.get<BooksView>('/trial-balance'), isThere, 12_000);
}
