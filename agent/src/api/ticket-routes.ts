import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import * as body from '@lianpiao/shared/protocol/ticketing';
import type { Call } from '@lianpiao/shared/store/call';
import type { Context } from 'hono';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { boardTicket } from '../boarding/board-ticket.ts';
import { hubLists } from '../boarding/hub-lists.ts';
import { manifest } from '../boarding/manifest.ts';
import { unboardTicket } from '../boarding/unboard-ticket.ts';
import { departTrip } from '../departure/depart-trip.ts';
import { rebookAnywhere } from '../exchange/rebook-anywhere.ts';
import { holdOrRecall } from '../seats/hold-or-recall.ts';
import { releaseSeats } from '../seats/release-seats.ts';
import type { SeatRecalls } from '../seats/seat-recalls.ts';
import { confirmOrder } from '../tickets/confirm-order.ts';
import { orderById, ticketByNo } from '../tickets/query-tickets.ts';
import { quoteAnywhere, refundAnywhere } from '../tickets/refund-anywhere.ts';
import { reprintTicket } from '../tickets/reprint-ticket.ts';
import { sell } from '../tickets/sell.ts';
import { voidTicket } from '../tickets/void-ticket.ts';
import { findDestinations } from '../trips/find-destinations.ts';
import { findOffers, nextDepartures } from '../trips/find-offers.ts';
import { searchDestinations } from '../trips/search-destinations.ts';
import { seatViews } from '../trips/seat-views.ts';

const tripId = z.object({ tripId: z.string().max(48) });
const ticketNo = z.object({ ticketNo: z.string().max(20) });
const stop = z.string().max(24);
const position = z.coerce.number().int().min(0).max(48);

/**
 * The ticket service (F1.1) of a station. Counter and legacy software get the same routes under different roots; only how
 * the caller is known differs.
 */
export function ticketRoutes(app: OpenAPIHono<ApiEnv>, desk: AgentDesk, recalls: SeatRecalls): void {
  const { agent, clock } = desk;
  const calling = async <Answer>(c: Context, verb: (call: Call) => Promise<Answer>) => {
    const call = await callOf(c, c.get('caller'));
    return call.ok ? verb(call.value) : call;
  };

  mount(
    app,
    {
      method: 'get',
      path: '/destinations',
      summary: '到站查询 places that can be reached from here',
      query: z.object({
        q: z.string().max(20).optional(),
        date: z
          .string()
          .regex(/^\d{8}$/)
          .optional(),
        from: stop.optional(),
      }),
      answer: z.array(body.destination),
    },
    async ({ query }) => {
      const now = clock.now();
      const all = await findDestinations(
        agent,
        { from: query.from ?? agent.station.code, date: query.date ?? serviceDateOf(now, 'Asia/Shanghai') },
        now,
      );
      return done(query.q ? searchDestinations(all, query.q) : all);
    },
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips',
      summary: '余票查询 trips with free seats',
      query: z.object({ from: stop.optional(), to: stop, date: z.string().regex(/^\d{8}$/) }),
      answer: z.array(body.offer),
    },
    async ({ query }) =>
      done(await findOffers(agent, { ...query, from: query.from ?? agent.station.code }, clock.now())),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips/departures',
      summary: '即将发车 next departures from here',
      answer: z.array(body.offer),
    },
    async () => done(await nextDepartures(agent, clock.now())),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips/{tripId}/seats',
      summary: '座位图 seats of a trip for one ride',
      params: tripId,
      query: z.object({ from: position, to: position }),
      answer: z.array(body.seatView),
    },
    async ({ params, query }) =>
      query.from < query.to
        ? done(await seatViews(agent, params.tripId, query.from, query.to))
        : refuse({ code: 'trip.no-such-ride', ...params, ...query }),
  );

  mount(
    app,
    {
      method: 'post',
      path: '/holds',
      summary: '锁定座位 hold seats',
      keyed: true,
      body: body.holdInput,
      answer: body.held,
    },
    ({ c, body }) => calling(c, (call) => holdOrRecall(desk, recalls, call, body)),
  );
  mount(
    app,
    {
      method: 'delete',
      path: '/holds/{holdId}',
      summary: '解锁座位 give a hold back',
      params: z.object({ holdId: z.string().max(64) }),
      answer: z.object({ holdId: z.string() }),
    },
    ({ c, params }) =>
      releaseSeats(
        agent,
        { caller: c.get('caller'), key: `release-${params.holdId}`, bodyHash: params.holdId },
        params.holdId,
        clock.now(),
      ),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/sales',
      summary: '售票 sell a hold',
      keyed: true,
      body: body.saleInput,
      answer: body.sold,
    },
    ({ c, body }) => calling(c, (call) => sell(agent, call, body, clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/orders/{orderId}/confirm',
      summary: '确认 confirm that an order was booked and printed',
      keyed: true,
      params: z.object({ orderId: z.string().max(40) }),
      answer: z.object({ orderId: z.string(), confirmedAt: z.int() }),
    },
    ({ c, params }) => calling(c, (call) => confirmOrder(agent, call, params.orderId, clock.now())),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/orders/{orderId}',
      summary: '订单查询',
      params: z.object({ orderId: z.string().max(40) }),
      answer: body.orderView,
    },
    ({ params }) => orderById(agent, params.orderId),
  );
  mount(
    app,
    { method: 'get', path: '/tickets/{ticketNo}', summary: '车票查询', params: ticketNo, answer: body.ticketView },
    ({ params }) => ticketByNo(desk, params.ticketNo),
  );

  mount(
    app,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/void',
      summary: '废票',
      keyed: true,
      params: ticketNo,
      answer: body.voided,
    },
    ({ c, params }) => calling(c, (call) => voidTicket(agent, call, params.ticketNo, clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/refund-quote',
      summary: '退票报价',
      params: ticketNo,
      answer: body.refundQuote,
    },
    ({ c, params }) => quoteAnywhere(desk, c.get('caller'), params.ticketNo),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/refund',
      summary: '退票',
      keyed: true,
      params: ticketNo,
      body: body.refundInput,
      answer: body.refunded,
    },
    ({ c, params, body }) => calling(c, (call) => refundAnywhere(desk, call, { ...params, quoteId: body.quoteId })),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/rebook',
      summary: '改签',
      keyed: true,
      params: ticketNo,
      body: body.rebookInput,
      answer: body.rebooked,
    },
    ({ c, params, body }) => calling(c, (call) => rebookAnywhere(desk, call, { ...params, ...body })),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/tickets/{ticketNo}/reprint',
      summary: '重打印',
      keyed: true,
      params: ticketNo,
      body: z.object({ reason: z.string().trim().min(1).max(60) }),
      answer: z.object({ printJobs: z.array(z.string()) }),
    },
    ({ c, params, body }) => calling(c, (call) => reprintTicket(agent, call, { ...params, ...body }, clock.now())),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips/{tripId}/manifest',
      summary: '乘客清单',
      params: tripId,
      answer: z.array(body.ticketView),
    },
    ({ params }) => manifest(agent, params.tripId),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips/{tripId}/hub-lists',
      summary: '中心清单 stops at which the hub sells no more',
      params: tripId,
      answer: z.array(body.hubList),
    },
    ({ params }) => hubLists(agent, params.tripId),
  );
  mount(
    app,
    { method: 'post', path: '/boardings', summary: '检票', keyed: true, body: body.boardInput, answer: body.boarded },
    ({ c, body }) => calling(c, (call) => boardTicket(agent, call, body, clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/boardings/undo',
      summary: '退检',
      keyed: true,
      body: ticketNo,
      answer: body.boarded.partial(),
    },
    ({ c, body }) => calling(c, (call) => unboardTicket(agent, call, body.ticketNo, clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/trips/{tripId}/depart',
      summary: '发班',
      keyed: true,
      params: tripId,
      body: body.departInput,
      answer: body.departed,
    },
    ({ c, params, body }) => calling(c, (call) => departTrip(agent, call, { ...params, ...body }, clock.now())),
  );
}
