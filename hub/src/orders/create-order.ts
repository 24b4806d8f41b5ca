import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { SalePassenger } from '@lianpiao/shared/domain/sale-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { OrderView, PassengerInput } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { holdPlaces } from '@lianpiao/shared/store/seats/hold-places';
import { findHold } from '@lianpiao/shared/store/seats/hold-rows';
import { insertOrder, orderOfHold } from '@lianpiao/shared/store/tickets/order-rows';
import { otherRides } from '@lianpiao/shared/store/tickets/other-rides';
import { pricePassengers } from '@lianpiao/shared/store/tickets/price-passengers';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Hub } from '../hub.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import { type Contact, sealRiders } from './order-riders.ts';
import { savePayment } from './payment-rows.ts';
import { orderById } from './query-orders.ts';
import { rideRefusal } from './ride-refusal.ts';

export type OrderWish = {
  readonly holdId: string;
  readonly passengers: readonly PassengerInput[];
  readonly contact: Contact;
};
export type OrderToPay = {
  readonly order: OrderView;
  readonly payment: {
    readonly paymentId: string;
    readonly payUrl: string;
    readonly amountFen: number;
    readonly endsAt: EpochMs;
  };
};

/** A hold outlives its payment session by that long, in ms: a payer's last click still finds the seats. */
const SESSION_ENDS_BEFORE_MS = 30_000;

/**
 * 下单: passengers, prices and a payment for a live hold, then the page to pay at. The seats stay claimed until the hold's
 * end; whoever has not paid by then has bought nothing.
 *
 * Asking the provider is repeated with the same key after a fault, and has one effect.
 */
export async function createOrder(
  hub: Hub,
  call: Call,
  wish: OrderWish,
  now: EpochMs,
): Promise<Outcome<OrderToPay, { readonly code: string }>> {
  // Before the payer is sent to the provider: what is paid for has to be written down.
  if (hub.room.short) return refuse({ code: hub.room.short });
  const made = await answerOnce(hub.store, call, 'order', now, (tx: HubTx) => writeOrder(hub, tx, call, wish, now));
  if (!made.ok) return made;
  const { orderId, paymentId, amountFen, endsAt, subject } = made.value;
  const { payUrl } = await hub.provider.create({ orderId, paymentId, amountFen, endsAt, subject });
  const order = await orderById(hub, orderId);
  return order.ok ? done({ order: order.value, payment: { paymentId, payUrl, amountFen, endsAt } }) : order;
}

async function writeOrder(hub: Hub, tx: HubTx, call: Call, { holdId, passengers, contact }: OrderWish, now: EpochMs) {
  const stopped = await whyHubNotSell(tx);
  if (stopped) return stopped;
  const { caller } = call;
  const hold = await findHold(tx, holdId);
  if (!hold || hold.caller !== caller.id) return refuse({ code: 'hold.unknown', holdId });
  const endsAt = hold.expiresAt - SESSION_ENDS_BEFORE_MS;
  if (hold.state !== 'held' || endsAt <= now) return refuse({ code: 'hold.ended', holdId });
  const taken = await orderOfHold(tx, holdId);
  if (taken !== undefined) return refuse({ code: 'hold.in-order', holdId, orderId: taken });

  const { fromStop: from, toStop: to } = hold;
  const trip = (await findTrip(tx, hold.tripId))!;
  const rules = await rulesAt(tx, now);
  const seats = JSON.parse(hold.seats) as string[];
  const priced = await pricePassengers(tx, { trip, from, to, seats, passengers, rules });
  if (!priced.ok) return priced;
  const riders = priced.value;
  await holdPlaces(tx, holdId, riders);
  const keys = riders.map(({ who }) => hub.persons.find(who.idType, who.idNo));
  const travelling = riders.map(({ fareType }, index): SalePassenger => ({ fareType, documentKey: keys[index]! }));
  const ride = {
    trip,
    from,
    to,
    channel: caller.channel,
    passengers: travelling,
    otherRides: await otherRides(tx, keys),
  };
  const no = await rideRefusal(tx, ride, rules, now);
  if (no) return refuse(no);

  const [orderId, paymentId] = [hub.newId(), hub.newId()];
  const amountFen = riders.reduce((sum, { fareFen }) => sum + fareFen, 0);
  const bizDate = serviceDateOf(now, trip.zone);
  await insertOrder(tx, {
    orderId,
    holdId,
    channel: caller.channel,
    seller: caller.id,
    terminal: caller.terminal,
    caller: caller.id,
    clerk: caller.clerk,
    shiftId: caller.shiftId,
    state: 'paying',
    totalFen: amountFen,
    paidFen: 0,
    createdAt: now,
    expiresAt: hold.expiresAt,
    bizDate,
    rules: rules.version,
    contact: sealRiders(hub.persons, riders, contact, bizDate),
  });
  const { name: provider } = hub.provider;
  const begun = { state: 'pending', taken: 0, refundedFen: 0, createdAt: now, endsAt };
  const nothingYet = { providerRef: null, paidAt: null, askedAt: null };
  await savePayment(tx, { paymentId, orderId, provider, amountFen, ...begun, ...nothingYet });
  await audit(tx, caller, 'order.created', orderId, now, String(amountFen));
  const subject = `${trip.stops[from]!.name}→${trip.stops[to]!.name} ${trip.serviceDate} ${trip.tripNo} ${riders.length}张`;
  return done({ orderId, paymentId, amountFen, endsAt, subject });
}
