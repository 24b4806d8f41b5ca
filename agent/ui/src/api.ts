import type {
  Boarded,
  BoardInput,
  Collected,
  Departed,
  Destination,
  Held,
  HoldInput,
  LinkState,
  Offer,
  PickupProof,
  Problem,
  Refunded,
  RefundQuote,
  SaleInput,
  SeatView,
  Sold,
  TicketView,
} from '@lianpiao/shared/protocol/ticketing';
import type { Card, PrintJob, Session, ShiftClosed, SignIn } from './counter-bodies.ts';

/** What the agent answered, or why there is no answer. `status` 0: the agent was not reached, and whether it acted is not known. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** Longer than any verb of the agent, hub questions of 2 s included. */
const ANSWER_MS = 10_000;
const ROOT = '/counter/v1';

type Options = { readonly body?: unknown; readonly key?: string; readonly quiet?: boolean };

/** The only place of the counter that talks to the network. `language` is asked at each call. */
export function makeApi(language: () => string, signedOut: () => void) {
  async function call<Value>(method: string, path: string, options: Options = {}): Promise<Answer<Value>> {
    const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language() };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    if (options.key !== undefined) headers['idempotency-key'] = options.key;
    let response: Response;
    try {
      response = await fetch(`${ROOT}${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
    } catch (cause) {
      return notReached(
        cause instanceof DOMException && cause.name === 'TimeoutError' ? 'agent.slow' : 'agent.offline',
      );
    }
    if (response.status === 401 && !options.quiet) signedOut();
    return read<Value>(response);
  }
  const get = <Value>(path: string) => call<Value>('GET', path);
  const post = <Value>(path: string, body: unknown, key: string) => call<Value>('POST', path, { body, key });

  return {
    session: () => call<Session>('GET', '/session', { quiet: true }),
    signIn: (input: SignIn) => call<Session>('POST', '/session', { body: input, quiet: true }),
    signOut: () => call<null>('DELETE', '/session', { quiet: true }),
    closeShift: (countedFen: number, key: string) => post<ShiftClosed>('/shift/close', { countedFen }, key),
    link: () => call<LinkState>('GET', '/state', { quiet: true }),

    destinations: (q: string, date: string) => get<Destination[]>(`/destinations?${query({ q, date })}`),
    departures: () => get<Offer[]>('/trips/departures'),
    trips: (to: string, date: string) => get<Offer[]>(`/trips?${query({ to, date })}`),
    seats: (tripId: string, from: number, to: number) =>
      get<SeatView[]>(`/trips/${tripId}/seats?${query({ from, to })}`),
    hold: (input: HoldInput, key: string) => post<Held>('/holds', input, key),
    release: (holdId: string) => call<null>('DELETE', `/holds/${encodeURIComponent(holdId)}`),
    sell: (input: SaleInput, key: string) => post<Sold>('/sales', input, key),

    ticket: (ticketNo: string) => get<TicketView>(`/tickets/${ticketNo}`),
    recentTickets: () => get<TicketView[]>('/tickets?shift=current'),
    void: (ticketNo: string, key: string) =>
      post<{ ticketNo: string; payoutFen: number }>(`/tickets/${ticketNo}/void`, {}, key),
    quote: (ticketNo: string, key: string) => post<RefundQuote>(`/tickets/${ticketNo}/refund-quote`, {}, key),
    refund: (ticketNo: string, quoteId: string, key: string) =>
      post<Refunded>(`/tickets/${ticketNo}/refund`, { quoteId }, key),
    rebook: (ticketNo: string, to: { tripId: string; from: number; to: number }, key: string) =>
      post<{ oldTicketNo: string; ticket: TicketView; differenceFen: number }>(`/tickets/${ticketNo}/rebook`, to, key),
    reprint: (ticketNo: string, reason: string, key: string) =>
      post<{ printJobs: string[] }>(`/tickets/${ticketNo}/reprint`, { reason }, key),
    findPickup: (proof: PickupProof, key: string) => post<TicketView[]>('/pickups/find', proof, key),
    collect: (proof: PickupProof, ticketNos: string[], key: string) =>
      post<Collected>('/pickups', { proof, ticketNos }, key),

    manifest: (tripId: string) => get<TicketView[]>(`/trips/${tripId}/manifest`),
    board: (input: BoardInput, key: string) => post<Boarded>('/boardings', input, key),
    unboard: (ticketNo: string, key: string) => post<Boarded>('/boardings/undo', { ticketNo }, key),
    depart: (tripId: string, vehicle: string, key: string) =>
      post<Departed>(`/trips/${tripId}/depart`, vehicle === '' ? {} : { vehicle }, key),

    printJobs: () => get<PrintJob[]>('/print-jobs'),
    resolvePrint: (id: string, outcome: 'printed' | 'void-and-reprint', key: string) =>
      post<unknown>(`/print-jobs/${id}/resolve`, { outcome }, key),
    cards: watchCards,
  };
}
export type Api = ReturnType<typeof makeApi>;

function query(parts: Record<string, string | number>): string {
  return new URLSearchParams(Object.entries(parts).map(([name, value]) => [name, String(value)])).toString();
}

async function read<Value>(response: Response): Promise<Answer<Value>> {
  const text = await response.text().catch(() => '');
  let body: unknown = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    return notReached('agent.unreadable');
  }
  if (response.ok) return { ok: true, value: body as Value };
  const problem = body as Partial<Problem> | null;
  if (problem === null || typeof problem.code !== 'string') return notReached('agent.unreadable');
  return {
    ok: false,
    problem: { type: 'about:blank', title: '', ...problem, code: problem.code, status: response.status },
  };
}

function notReached(code: string): Answer<never> {
  return { ok: false, problem: { type: 'about:blank', title: '', status: 0, code } };
}

/** Calls back with each document that is laid down and with null when it is taken away. Reconnects by itself. */
function watchCards(laid: (card: Card | null) => void): () => void {
  const stream = new EventSource(`${ROOT}/card`);
  const heard = (event: MessageEvent<string>) => {
    const body = JSON.parse(event.data) as { card?: Card | null };
    laid(body.card ?? null);
  };
  for (const name of ['message', 'card', 'removed']) stream.addEventListener(name, heard as EventListener);
  return () => stream.close();
}
