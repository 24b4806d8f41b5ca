import type {
  Departed,
  LinkState,
  Offer,
  OrderView,
  Refunded,
  RefundQuote,
  Sold,
  TicketView,
} from '@lianpiao/shared/protocol/ticketing';

import { aPassenger } from '@lianpiao/shared/testing/builders';
import { must, until } from './http-client.ts';
import { books, type StatementRow, hubTicket as ticketAtHub, trayTicket } from './look.ts';
import type { World } from './world.ts';

export type Step = { readonly title: string; readonly run: (world: World) => Promise<string> };

/** What later steps need of earlier ones. Passengers are synthetic, counted from 1. */
const day = {} as {
  offer: Offer;
  counter: Sold;
  counterQr: string;
  order: OrderView;
  kioskQr: string;
  noShow: Sold;
  shaoxing: Sold;
};
/** Two heartbeats of the hub, in ms. */
const KEYS_WITHIN_MS = 30_000;
const MINUTE = 60_000;

const hubTicket = (world: World, ticketNo: string, state: TicketView['state'], withinMs?: number) =>
  ticketAtHub(world, day.offer.tripId, ticketNo, state, withinMs);

/** The day in order. Each step says what was seen, or throws what was not. */
export const STEPS: readonly Step[] = [
  {
    title: '三个车站的班次到达中心 trips of three stations reach the hub, each from another kind of source',
    run: async ({ console, counters, today }) => {
      const stations = await until(
        'three stations on line',
        () => console.get<{ stations: { code: string; link: string }[] }>('/stations'),
        ({ stations }) => stations.filter(({ link }) => link === 'online').length === 3,
      );
      const offers = await until(
        'departures from Hangzhou',
        () => counters.hangzhou.get<Offer[]>('/trips/departures'),
        (found) => found.some(isMidday),
        20_000,
      );
      day.offer = offers.find(isMidday)!;
      const { tripId } = day.offer;
      await until(
        'the trip at the hub',
        () =>
          console.get<{ rows: { tripId: string; hub: { owned: number } }[] }>(
            `/trips?date=${today}&station=330100001&limit=200`,
          ),
        ({ rows }) => rows.some((trip) => trip.tripId === tripId && trip.hub.owned > 0),
        20_000,
      );
      return `${stations.stations.length} 站在线；选定班次 ${tripId} ${day.offer.fromName} → ${day.offer.toName} ${day.offer.departs}，中心已分得票额`;
    },
  },
  {
    title: '窗口现金售票并打印 counter sale for cash, printed',
    run: async (world) => {
      day.counter = await world.sellAt('hangzhou', day.offer, [1]);
      const [ticket] = day.counter.tickets;
      const paper = await trayTicket(world, 'hangzhou', ticket!.ticketNo);
      day.counterQr = paper.qr;
      await hubTicket(world, ticket!.ticketNo, 'sold');
      return `票号 ${ticket!.ticketNo} 座位 ${ticket!.seat} ￥${day.counter.totalFen / 100}；纸票已出，二维码可读；中心已看到`;
    },
  },
  {
    title: '渠道下单并在线支付 order with payment through the channel API',
    run: async (world) => {
      const { channel, today, counters } = world;
      const [from, to] = [day.offer.tripId.slice(0, 9), day.offer];
      const stops = await channel.get<{ code: string; name: string }[]>(`/stops?q=${encodeURIComponent(to.toName)}`);
      const offers = await channel.get<Offer[]>(
        `/trips?from=${from}&to=${stops.find(({ name }) => name === to.toName)!.code}&date=${today}`,
      );
      const offer = offers.find(({ tripId }) => tripId === day.offer.tripId);
      must(offer !== undefined && offer.remaining > 0, 'the hub offers the trip on line');
      const hold = await channel.post<{ holdId: string }>('/holds', {
        tripId: offer!.tripId,
        from: offer!.from,
        to: offer!.to,
        count: 1,
      });
      const made = await channel.post<{
        order: OrderView;
        payment: { paymentId: string; amountFen: number; payUrl: string };
      }>('/orders', {
        holdId: hold.holdId,
        passengers: [{ ...aPassenger(2), fareType: 'full' }],
        contact: { name: aPassenger(2).name, phone: '13800000000' },
      });
      await world.pay(made.payment);
      day.order = await until(
        'the order to be ticketed',
        () => channel.get<OrderView>(`/orders/${made.order.orderId}`),
        ({ state }) => state === 'ticketed',
      );
      const { ticketNo } = day.order.tickets[0]!;
      await until(
        'the ticket on the manifest of Hangzhou',
        () => counters.hangzhou.get<TicketView[]>(`/trips/${day.offer.tripId}/manifest`),
        (rows) => rows.some((row) => row.ticketNo === ticketNo),
      );
      return `订单 ${day.order.orderId.slice(0, 8)}… 已支付 ￥${made.payment.amountFen / 100}，票号 ${ticketNo}，取票号 ${day.order.pickupCode}；车站清单已有此客`;
    },
  },
  {
    title: '自助机刷身份证取票 pickup at the kiosk with an ID card',
    run: async (world) => {
      const { ticketNo } = day.order.tickets[0]!;
      await world.collectAtKiosk(aPassenger(2));
      day.kioskQr = (await trayTicket(world, 'kiosk', ticketNo)).qr;
      await hubTicket(world, ticketNo, 'collected');
      return `自助机已打印 ${ticketNo}；中心状态为已取票`;
    },
  },
  {
    title: '在另一车站退票 refund at another station',
    run: async (world) => {
      const { shaoxing, hangzhou } = world.counters;
      // The drawer that pays needs cash of its own.
      const [own] = (await shaoxing.get<Offer[]>('/trips/departures')).filter(isMidday);
      day.shaoxing = await world.sellAt('shaoxing', own!, [6, 7]);
      const sold = await world.sellAt('hangzhou', day.offer, [3]);
      const { ticketNo } = sold.tickets[0]!;
      await hubTicket(world, ticketNo, 'sold');
      const before = await world.remaining(day.offer);
      const quote = await shaoxing.post<RefundQuote>(`/tickets/${ticketNo}/refund-quote`);
      const refunded = await shaoxing.post<Refunded>(`/tickets/${ticketNo}/refund`, { quoteId: quote.quoteId });
      world.drawers.shaoxing -= refunded.refundFen;
      must(refunded.payout === 'paid' && refunded.refundFen === quote.refundFen, 'Shaoxing pays what was quoted');
      const home = await hangzhou.get<TicketView>(`/tickets/${ticketNo}`);
      must(home.state === 'refunded', `the ticket's home says ${home.state}`);
      must((await world.remaining(day.offer)) === before + 1, 'the seat is free again at Hangzhou');
      await hubTicket(world, ticketNo, 'refunded');
      return `绍兴付出 ￥${refunded.refundFen / 100}（手续费 ￥${refunded.feeFen / 100}），杭州座位已放回`;
    },
  },
  {
    title: '废票 void',
    run: async (world) => {
      const sold = await world.sellAt('hangzhou', day.offer, [4]);
      const { ticketNo } = sold.tickets[0]!;
      const { payoutFen } = await world.counters.hangzhou.post<{ payoutFen: number }>(`/tickets/${ticketNo}/void`);
      world.drawers.hangzhou -= payoutFen;
      must(payoutFen === sold.totalFen, 'the whole amount comes back');
      await hubTicket(world, ticketNo, 'voided');
      return `${ticketNo} 全额退还 ￥${payoutFen / 100}；中心已看到`;
    },
  },
  {
    title: '中心被强行终止，车站照常售票，重启后补齐 hub killed, the station goes on selling, nothing is lost',
    run: async (world) => {
      const { hangzhou } = world.counters;
      await world.province.children.get('hub')!.kill();
      day.noShow = await world.sellAt('hangzhou', day.offer, [5]);
      const { ticketNo } = day.noShow.tickets[0]!;
      await trayTicket(world, 'hangzhou', ticketNo);
      const strip = await until(
        'the sale in the queue',
        () => hangzhou.get<LinkState>('/state'),
        ({ queued }) => queued > 0,
      );
      await world.province.startHub();
      await world.signInAtConsole();
      await hubTicket(world, ticketNo, 'sold', 15_000);
      await until(
        'an empty queue',
        () => hangzhou.get<LinkState>('/state'),
        ({ queued }) => queued === 0,
      );
      return `断开时售出 ${ticketNo}（待传 ${strip.queued}），中心重启后收到，待传 0`;
    },
  },
  {
    title: '检票：扫码与身份证 boarding by code and by ID card',
    run: async (world) => {
      const { hangzhou } = world.counters;
      const { tripId } = day.offer;
      await world.setTime(day.offer.departsAt - 15 * MINUTE);
      // A gate pulls the keys of a new station with the hub's next word, and that hub has just been killed.
      const boards = (qr: string) =>
        until(
          'keys at the gate',
          () => hangzhou.post('/boardings', { tripId, qr }),
          () => true,
          KEYS_WITHIN_MS,
        );
      await boards(day.counterQr);
      const again = await hangzhou.post('/boardings', { tripId, qr: day.counterQr }).then(
        () => 'boarded',
        (cause: unknown) => String(cause),
      );
      must(again.includes('boarding.already'), `the same code boards once, but: ${again}`);
      await boards(day.kioskQr);
      await hubTicket(world, day.order.tickets[0]!.ticketNo, 'boarded');
      return '窗口票与网票各检入一次，重复扫码被拒绝';
    },
  },
  {
    title: '发班 departure',
    run: async (world) => {
      await world.setTime(day.offer.departsAt);
      const departed = await world.counters.hangzhou.post<Departed>(`/trips/${day.offer.tripId}/depart`, {
        vehicle: '浙A00001',
      });
      must(
        departed.boarded === 2 && departed.forfeited === 1,
        `2 aboard and 1 missed, not ${departed.boarded} and ${departed.forfeited}`,
      );
      await hubTicket(world, day.noShow.tickets[0]!.ticketNo, 'forfeited');
      await hubTicket(world, day.counter.tickets[0]!.ticketNo, 'departed');
      return `路单 ${departed.waybillNo}：上车 2，误乘 1`;
    },
  },
  {
    title: '清分 clearing',
    run: async (world) => {
      const { kinds, sumFen } = await books(
        world,
        'the fares to be cleared',
        ({ kinds }) => kinds.unearned === -day.shaoxing.totalFen && (kinds.party ?? 0) < 0,
      );
      must(sumFen === 0, `the books are off by ${sumFen} fen`);
      return `票款 ￥${-kinds.party! / 100} 已分给承运人、车站、售票方和平台；本班次未清分 0；借贷之和 0`;
    },
  },
  {
    title: '交班缴款 shifts are closed',
    run: async (world) => {
      const closed: string[] = [];
      for (const id of ['hangzhou', 'shaoxing'] as const) {
        const { expectedFen } = await world.closeShift(id);
        closed.push(`${id} ￥${expectedFen / 100}`);
      }
      await books(world, 'both drawers to be settled in the books', ({ kinds }) => (kinds.cash ?? 0) === 0);
      return `实点与应缴一致：${closed.join('，')}`;
    },
  },
  {
    title: '关账并出结算单 period closed, statements',
    run: async ({ console, province }) => {
      const { rows: periods } = await console.get<{ rows: { id: string; state: string }[] }>('/periods');
      const periodId = periods.find(({ state }) => state === 'open')!.id;
      await console.post('/periods/close', { periodId });
      const { rows } = await until(
        'statements of the period',
        () => console.get<{ rows: StatementRow[] }>(`/statements?period=${periodId}`),
        (seen) => seen.rows.length >= 5 && seen.rows.some(({ partyKind }) => partyKind === 'carrier'),
        15_000,
      );
      const carrier = rows.find(({ partyKind }) => partyKind === 'carrier');
      must(carrier !== undefined && carrier.owedFen > 0, 'the carrier is owed its share');
      const page = await fetchText(console, province.hubUrl, carrier!.pageUrl);
      must(page.includes('结算单'), 'the statement is a page to print');
      const csv = await fetchText(console, province.hubUrl, carrier!.csvUrl);
      must(csv.split('\n').length > 2, 'the statement as CSV has lines');
      const list = rows.map(({ party, owedFen }) => `${party} ￥${owedFen / 100}`).join('，');
      return `周期 ${periodId}：${list}`;
    },
  },
  {
    title: '账目平衡 the books balance',
    run: async (world) => {
      const { sumFen } = await books(
        world,
        'balanced books',
        ({ balanced, unsettledTickets }) => balanced && unsettledTickets.length === 0,
      );
      const { total } = await world.console.get<{ total: number }>('/parked');
      must(sumFen === 0 && total === 0, `sum ${sumFen} fen, ${total} queues parked`);
      return '借贷之和 0，已结束车票无余额，无隔离队列';
    },
  },
];

/** Statements lie beside the console's interface, under the same session. */
function fetchText(console: World['console'], origin: string, path: string): Promise<string> {
  return console.at(origin).text(path);
}

/** Late enough that a refund costs the early tier, early enough to be over in the demo. */
function isMidday({ departs, state, remaining }: Offer): boolean {
  return state === 'open' && remaining > 10 && departs >= '10:00' && departs <= '15:00';
}
