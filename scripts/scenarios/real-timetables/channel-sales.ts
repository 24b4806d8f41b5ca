import { checkPayments } from '@lianpiao/hub/orders/check-payments';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { orderById } from '@lianpiao/hub/orders/query-orders';
import { releaseSeats } from '@lianpiao/hub/orders/release-seats';
import { sendRefunds } from '@lianpiao/hub/orders/send-refunds';
import { settleDues } from '@lianpiao/hub/orders/settle-dues';
import { fareOf } from '@lianpiao/shared/domain/fare';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { Held } from '@lianpiao/shared/protocol/ticketing';
import type { Caller } from '@lianpiao/shared/store/call';
import { type Day, hasLeft, type Ride } from './day.ts';
import type { Payer } from './payments.ts';
import type { Traveller } from './travellers.ts';

export const WEB: Caller = { id: 'web-demo', channel: 'web', terminal: '001', clerk: null, shiftId: null };

type OpenOrder = {
  readonly orderId: string;
  readonly ride: Ride;
  readonly holdId: string;
  readonly travellers: readonly Traveller[];
};

const ONLINE_ENDS_MS = DEFAULT_RULES.sale.onlineStopMinutes * 60_000;

/** What is sold through a channel: orders, payments that come in time, late, twice or never, and what the hub does by itself. */
export class ChannelSales {
  readonly #day: Day;
  readonly #open = new Map<string, OpenOrder>();
  /** Refunded tickets whose seat waits for the boarding station's word. */
  readonly #freed = new Set<string>();

  constructor(day: Day) {
    this.#day = day;
  }

  async sell(ride: Ride): Promise<void> {
    const { trip, from, to } = ride;
    const { tripId } = trip;
    const { hub } = this.#day.province;
    const { model, clock } = this.#day;
    const now = clock.now();
    model.passTime(now);
    const count = 1 + this.#day.upTo(3);
    const before = model.free(tripId, 'hub', from, to).length;
    const wanted = { tripId, from, to, count };
    const held = await this.#day.ask(WEB, (call) => holdSeats(hub, call, wanted, now));
    // Seats that the station gave meanwhile are the hub's now.
    await this.#day.carry();
    const free = model.free(tripId, 'hub', from, to);
    if (!held.ok) {
      const fare = fareOf(trip.fares, from, to, 'full', DEFAULT_RULES.fareTypes);
      this.#day.refused('channel hold', held.refusal, [
        hasLeft(this.#day, ride) && 'trip.departed',
        now >= departsAt(trip, from) - ONLINE_ENDS_MS && 'trip.sale-closed',
        !fare.ok && fare.refusal.code,
        free.length < count && 'seat.sold-out',
      ]);
      return;
    }
    if (before < count) this.#day.note('channel hold with seats asked for');
    // A gate's word may have freed what was held now.
    await this.hearGates();
    const { holdId, seats, expiresAt } = held.value;
    model.hold(
      holdId,
      'hub',
      seats.map((seat) => ({ tripId, seat, from, to })),
      expiresAt,
    );
    this.#day.note('channel hold');
    if (this.#day.chance(0.08)) await this.#giveBack(held.value);
    else if (!this.#day.chance(0.05)) await this.#order(ride, held.value);
  }

  /** What runs by itself at the hub: notices, watchdogs, refunds. */
  async housekeep(): Promise<void> {
    const { hub, payments } = this.#day.province;
    const now = this.#day.clock.now();
    this.#day.model.passTime(now);
    await payments.deliver();
    await checkPayments(hub, now);
    await expireOrders(hub, now);
    await settleDues(hub, now);
    await sendRefunds(hub, now);
    await this.#readOrders();
    await this.hearGates();
  }

  /** The hub ended one of its tickets: its seat is free at once, or when the gate that would have let it in knows. */
  async refunded(ticketNo: string): Promise<void> {
    this.#day.model.rename(ticketNo, `freed ${ticketNo}`);
    this.#freed.add(ticketNo);
    await this.hearGates();
  }

  async #giveBack({ holdId }: Held): Promise<void> {
    const { hub } = this.#day.province;
    const released = await this.#day.ask(WEB, (call) => releaseSeats(hub, call, holdId, this.#day.clock.now()));
    if (!released.ok) throw new Error(released.refusal.code);
    this.#day.model.endHold(holdId);
    this.#day.note('channel release');
  }

  async #order(ride: Ride, { holdId, seats }: Held): Promise<void> {
    const { hub, payments } = this.#day.province;
    const travellers = seats.map(() => this.#day.traveller());
    const contact = { name: '测试甲', phone: '13800000000' };
    const wish = { holdId, passengers: travellers.map((who) => ({ ...who, fareType: 'full' as const })), contact };
    const ordered = await this.#day.ask(WEB, (call) => createOrder(hub, call, wish, this.#day.clock.now()));
    if (!ordered.ok) throw new Error(`no order: ${JSON.stringify(ordered.refusal)}`);
    const { order, payment } = ordered.value;
    this.#open.set(order.orderId, { orderId: order.orderId, ride, holdId, travellers });
    const dice = this.#day.random();
    const payer: Payer = dice < 0.8 ? 'pay' : dice < 0.87 ? 'late' : dice < 0.94 ? 'twice' : 'never';
    await payments.pay(payment.payUrl, payer);
    this.#day.note(`channel payer: ${payer}`);
    await this.#readOrders();
  }

  /** Orders that have come to their end, and the tickets of those that were paid for. */
  async #readOrders(): Promise<void> {
    const { hub } = this.#day.province;
    const now = this.#day.clock.now();
    for (const open of [...this.#open.values()]) {
      const found = await orderById(hub, open.orderId);
      if (!found.ok) throw new Error(found.refusal.code);
      const { state, tickets, pickupCode } = found.value;
      if (state !== 'ticketed' && state !== 'autoRefund') continue;
      this.#open.delete(open.orderId);
      if (state === 'autoRefund') {
        this.#day.note('channel payment returned');
        continue;
      }
      this.#day.model.endHold(open.holdId);
      const { trip, from, to } = open.ride;
      // Numbers are given in the order of the passengers.
      const inOrder = tickets.toSorted((a, b) => (a.ticketNo < b.ticketNo ? -1 : 1));
      for (const [index, { ticketNo, seat, home }] of inOrder.entries()) {
        this.#day.model.claim(ticketNo, 'hub', { tripId: trip.tripId, seat, from, to });
        const kept = { ticketNo, home, trip, from, to, seat, who: open.travellers[index]!, soldAt: now };
        this.#day.keep({ ...kept, printed: false, rebooked: false, pickupCode, state: 'sold' });
      }
      this.#day.note('channel ticket', tickets.length);
    }
  }

  /** Seats of ended tickets that are free by now: the word of the gate has come to the hub. */
  async hearGates(): Promise<void> {
    const { db, t } = this.#day.province.hub.store.read;
    const waiting = new Set(
      (await db.select().from(t.refundDues)).filter(({ seatFreed }) => seatFreed === 1).map(({ ticketNo }) => ticketNo),
    );
    for (const ticketNo of this.#freed) {
      if (waiting.has(ticketNo)) continue;
      this.#freed.delete(ticketNo);
      this.#day.model.end(`freed ${ticketNo}`);
    }
  }
}
