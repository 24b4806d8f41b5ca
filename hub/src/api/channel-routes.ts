import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { secure } from '@lianpiao/shared/http/api-security';
import type { First } from '@lianpiao/shared/http/listen';
import { type ApiEnv, callOf, mount, openApiApp } from '@lianpiao/shared/http/openapi-app';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import * as body from '@lianpiao/shared/protocol/ticketing';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { findOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { Context } from 'hono';
import { z } from 'zod';
import { ChannelCallers } from '../channels/channel-callers.ts';
import { findStops } from '../channels/find-stops.ts';
import type { Hub } from '../hub.ts';
import { SeatRequests } from '../inventory/seat-requests.ts';
import type { TripSearch } from '../inventory/trip-search.ts';
import { createOrder } from '../orders/create-order.ts';
import { holdSeats } from '../orders/hold-seats.ts';
import { orderById, ticketByNo } from '../orders/query-orders.ts';
import { quoteRefund } from '../orders/quote-refund.ts';
import { refundTicket } from '../orders/refund-ticket.ts';
import { releaseSeats } from '../orders/release-seats.ts';
import { searchFirst, searchRoute } from './search-route.ts';

const ROOT = '/channel/v1';
const stop = z.object({ code: z.string(), name: z.string(), pinyin: z.string(), station: z.string().nullable() });
const ticketNo = z.object({ ticketNo: z.string().max(20) });
const orderId = z.object({ orderId: z.string().max(40) });
const tripQuery = z.object({ from: z.string().max(24), to: z.string().max(24), date: z.string().regex(/^\d{8}$/) });
const orderInput = z.object({
  holdId: z.string().min(1).max(64),
  passengers: z.array(body.passengerInput).min(1).max(10),
  contact: z.object({ name: z.string().trim().min(1).max(40), phone: z.string().regex(/^\+?\d{5,15}$/) }),
});
const orderToPay = z.object({
  order: body.orderView,
  payment: z.object({ paymentId: z.string(), payUrl: z.string(), amountFen: z.int(), endsAt: z.int() }),
});

/**
 * The hub's interface for channels that sell: search, hold, order with payment, query, refund (F1.1, F2.2). What it
 * returns is asked before the application.
 */
export function channelRoutes(
  app: OpenAPIHono<ApiEnv>,
  desk: { readonly hub: Hub; readonly search: TripSearch; readonly log: (cause: unknown) => void },
): First {
  const { hub, search, log } = desk;
  const { clock } = hub;
  const callers = new ChannelCallers(hub.store);
  const selling = { ...hub, seats: new SeatRequests(hub) };
  const group = openApiApp(log);

  const searching = { hub, search, callers };
  app.get(`${ROOT}/trips`, searchRoute(searching));
  group.openAPIRegistry.registerPath({
    method: 'get',
    path: '/trips',
    summary: '余票查询 trips with free seats',
    request: { query: tripQuery },
    responses: { 200: { description: 'yes', content: { 'application/json': { schema: z.array(body.offer) } } } },
  });
  group.use(async (c, next) => {
    const verdict = await callers.admit(c.req.header('authorization'), performance.now());
    if (!verdict.ok) return refusalAnswer(c, verdict.refusal);
    c.set('caller', verdict.value);
    return next();
  });

  mount(
    group,
    {
      method: 'get',
      path: '/stops',
      summary: '站点查询 places by name, pinyin or code',
      query: z.object({ q: z.string().max(20) }),
      answer: z.array(stop),
    },
    async ({ query }) => done(await findStops(hub.store.read, query.q)),
  );
  mount(
    group,
    {
      method: 'post',
      path: '/holds',
      summary: '锁定座位 hold seats',
      keyed: true,
      body: body.holdInput,
      answer: body.held,
    },
    ({ c, body }) => calling(c, (call) => holdSeats(selling, call, body, clock.now())),
  );
  mount(
    group,
    {
      method: 'delete',
      path: '/holds/{holdId}',
      summary: '解锁座位 give a hold back',
      params: z.object({ holdId: z.string().max(64) }),
      answer: z.object({ holdId: z.string() }),
    },
    ({ c, params }) =>
      releaseSeats(
        hub,
        { caller: callerOf(c), key: `release-${params.holdId}`, bodyHash: params.holdId },
        params.holdId,
        clock.now(),
      ),
  );
  mount(
    group,
    {
      method: 'post',
      path: '/orders',
      summary: '下单 order a hold and get the page to pay at',
      keyed: true,
      body: orderInput,
      answer: orderToPay,
    },
    ({ c, body }) => calling(c, (call) => createOrder(hub, call, body, clock.now())),
  );
  mount(
    group,
    { method: 'get', path: '/orders/{orderId}', summary: '订单查询', params: orderId, answer: body.orderView },
    async ({ c, params }) =>
      (await findOrder(hub.store.read, params.orderId))?.caller === callerOf(c).id
        ? orderById(hub, params.orderId)
        : refuse({ code: 'order.unknown', ...params }),
  );
  mount(
    group,
    { method: 'get', path: '/tickets/{ticketNo}', summary: '车票查询', params: ticketNo, answer: body.ticketView },
    ({ c, params }) => owning(hub, c, params, () => ticketByNo(hub, params.ticketNo)),
  );
  mount(
    group,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/refund-quote',
      summary: '退票报价',
      params: ticketNo,
      answer: body.refundQuote,
    },
    ({ c, params }) =>
      owning(hub, c, params, () =>
        quoteRefund(hub, { ...params, channel: callerOf(c).channel, overrule: null }, clock.now()),
      ),
  );
  mount(
    group,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/refund',
      summary: '退票 money goes back to the payment',
      keyed: true,
      params: ticketNo,
      body: z.object({ quoteId: z.string().min(1).max(64) }),
      answer: body.refunded,
    },
    ({ c, params, body }) =>
      owning(hub, c, params, () =>
        calling(c, (call) => refundTicket(hub, call, { ...params, ...body, payer: 'original' }, clock.now())),
      ),
  );
  secure(group, 'bearer');
  app.route(ROOT, group);
  return searchFirst(searching);
}

const callerOf = (c: Context): Caller => c.get('caller');

async function calling<Answer>(c: Context, verb: (call: Call) => Promise<Answer>) {
  const call = await callOf(c, callerOf(c));
  return call.ok ? verb(call.value) : call;
}

/** A channel sees and refunds what it sold itself. */
async function owning<Answer>(
  hub: Hub,
  c: Context,
  { ticketNo }: { readonly ticketNo: string },
  verb: () => Promise<Answer>,
) {
  const row = await findTicket(hub.store.read, ticketNo);
  return row?.seller === callerOf(c).id ? verb() : refuse({ code: 'ticket.unknown', ticketNo });
}
