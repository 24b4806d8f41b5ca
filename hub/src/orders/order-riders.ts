import { invariant } from '@lianpiao/shared/domain/invariant';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import type { OrderRow } from '@lianpiao/shared/store/tickets/order-rows';
import type { Rider } from '@lianpiao/shared/store/tickets/price-passengers';

/** Who buys, for messages about the order. */
export type Contact = { readonly name: string; readonly phone: string };
type Sealed = { readonly contact: Contact; readonly riders: readonly Rider[] };

/** Contact and passengers of an order that has no tickets yet, sealed under the month of its business date. */
export function sealRiders(persons: PersonVault, riders: readonly Rider[], contact: Contact, bizDate: string): Buffer {
  return persons.sealText(JSON.stringify({ contact, riders } satisfies Sealed), bizDate);
}

export function ridersOf(persons: PersonVault, order: OrderRow): readonly Rider[] {
  const text = order.contact && persons.openText(order.contact);
  invariant(text, 'the month key of an order under way is here', { orderId: order.orderId });
  return (JSON.parse(text) as Sealed).riders;
}
