import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { hashPassword } from '@lianpiao/shared/people/password';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { consoleRoutes } from '../api/console-routes.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { paymentNotified } from '../orders/payment-notified.ts';
import { quoteRefund } from '../orders/quote-refund.ts';
import { refundTicket } from '../orders/refund-ticket.ts';
import { aTicket } from './fresh-books.ts';
import { anOrder, call, freshHub, HANGZHOU, onSale, says } from './fresh-hub.ts';

export const PASSWORD = 'a-password-of-a-test';
/** Deriving it is slow on purpose: once for the process. */
const passwordHash = hashPassword(PASSWORD);

type Ask = RequestInit & { readonly as?: string };

/** A hub that keeps books, its console, and an operator, a finance officer and an administrator, of whom the last is signed in. */
export async function freshConsole() {
  const hub = await freshHub();
  await openBooks(hub.store, NOON);
  Object.assign(hub, { money: keepBooks({ provider: hub.provider.name }) });
  const rights = { passwordHash: await passwordHash, failures: 0 };
  await hub.store.transaction(async (tx) => {
    for (const role of ['operator', 'finance', 'admin'])
      await tx.db.insert(tx.t.users).values({ user: role, name: `测试${role}`, role, ...rights });
  });
  const replayed: string[] = [];
  const faults: unknown[] = [];
  const word = { station: HANGZHOU, online: true, queuedThere: 4, queuedHere: 0, lagMs: 30, clockOffsetMs: 2 };
  const program = { agentVersion: '0.1.0', upMs: 60_000, bytesPerSecond: null, stopped: null };
  const freshness = () => [{ ...word, ...program, lastWordAt: hub.clock.now() - 1_000 }];
  const replay = async (station: string, agg: string) => void replayed.push(`${station} ${agg}`);
  const app = openApiApp((cause) => faults.push(cause));
  consoleRoutes(app, { hub, link: { freshness, replay }, log: (cause) => faults.push(cause) });

  let cookie = '';
  const ask = (path: string, init: Ask = {}) =>
    app.request(`/console/v1${path}`, {
      ...init,
      headers: { cookie: init.as ?? cookie, 'content-type': 'application/json', ...init.headers },
    });
  const get = async <Body>(path: string) => {
    const answer = await ask(path);
    if (answer.status !== 200) throw new Error(`${path} ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, as?: string) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers, ...(as === undefined ? {} : { as }) });
  const signIn = async (user: string, password = PASSWORD) => {
    const answer = await post('/session', { user, password }, {}, '');
    return { answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! };
  };
  cookie = (await signIn('admin')).cookie;
  const end = async () => {
    await hub.end();
    if (faults.length > 0) throw new Error(`the console has faulted: ${faults.join(', ')}`);
  };
  return { hub, app, ask, get, post, signIn, cookie, replayed, end };
}

export type FreshConsole = Awaited<ReturnType<typeof freshConsole>>;

export const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

/** Two days ahead, so that a refund on line is still possible. */
export const BUSY = aTrip({ serviceDate: '20261123' as never });

/** A trip with a ticket of the station, one sold through the hub, and one hub ticket that is being refunded. People are synthetic. */
export async function aBusyTrip({ hub }: Pick<FreshConsole, 'hub'>) {
  await onSale(hub, BUSY, 4);
  const stationTicket = aTicket(BUSY, { seat: '01', legs: 3, insuranceFen: 0, fareFen: 4000 });
  await says(hub, HANGZHOU, 'ticket.sold', stationTicket, hub.persons.seal(aPassenger(7), '20261121').sealed);
  const order = async (first: number) => {
    const made = await anOrder(hub, BUSY, { first });
    const { paymentId, amountFen } = made.payment;
    const notice = { paymentId, providerRef: `ref-${paymentId}`, amountFen, paidAt: hub.clock.now() };
    const paid = await paymentNotified(hub, notice, hub.clock.now());
    if (!paid.ok || paid.value.became !== 'ticketed') throw new Error(`not ticketed: ${JSON.stringify(paid)}`);
    return made;
  };
  const [kept, given] = [await order(1), await order(2)];
  const open = await anOrder(hub, BUSY, { first: 3 });
  const { db, t } = hub.store.read;
  const back = (await db.select().from(t.tickets)).find(({ orderId }) => orderId === given.order.orderId)!;
  const quote = await quoteRefund(hub, { ticketNo: back.ticketNo, channel: 'web', overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  const refund = { ticketNo: back.ticketNo, quoteId: quote.value.quoteId, payer: 'original' as const };
  const refunded = await refundTicket(hub, call(), refund, NOON);
  if (!refunded.ok) throw new Error(refunded.refusal.code);
  return { kept, given, open, stationTicket };
}
