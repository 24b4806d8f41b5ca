import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { tripIdOf } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { emit, type SealedPerson } from '@lianpiao/shared/store/streams';
import { aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { HANGZHOU } from './link-rig.ts';

/** What a sale leaves to be told, made up beforehand: only telling it is the link's business. Synthetic people. */
export type Sale = { readonly fact: EventBody<'ticket.sold'>; readonly person: SealedPerson };

/** Sales `first`, `first + 1`, … of the station Hangzhou. */
export function madeUpSales(first: number, count: number): Sale[] {
  const persons = personVault(Buffer.alloc(32, 7));
  persons.load(sealingKey(202611, Buffer.alloc(32, 11)));
  const sealed = Array.from({ length: 1000 }, (_, index) => persons.seal(aPassenger(index), '20261121'));
  return Array.from({ length: count }, (_, offset) => ({
    fact: ticketSold(first + offset),
    person: sealed[(first + offset) % sealed.length]!,
  }));
}

/** Appends `ticket.sold` events to a station's outbox, `group` in a transaction, and nothing else of a sale. */
export async function emitSales(store: AgentStore, sales: readonly Sale[], group: number): Promise<void> {
  for (let start = 0; start < sales.length; start += group) {
    await store.transaction(async (tx) => {
      for (const { fact, person } of sales.slice(start, start + group))
        await emit(tx, { peer: 'hub', type: 'ticket.sold', agg: fact.tripId, fact, person }, NOON);
    });
    // Sales come from sockets: the link gets its turn between two of their commits.
    await nextTurn();
  }
}

/** As little to be compressed as a random one. */
function orderId(index: number): string {
  const digits = sm3Hex(String(index));
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

function ticketSold(index: number): EventBody<'ticket.sold'> {
  return {
    ticketNo: `${HANGZHOU}1001${String(index).padStart(7, '0')}`,
    orderId: orderId(index),
    tripId: tripIdOf(HANGZHOU, '20261121' as ServiceDate, `K${100 + (index % 300)}`),
    epoch: 1,
    seat: String((index % 45) + 1).padStart(2, '0'),
    legs: 3,
    from: 0,
    to: 2,
    fareType: 'full',
    fareFen: 4000 + (index % 10) * 50,
    insuranceFen: 0,
    payMethod: 'cash',
    channel: 'counter',
    seller: HANGZHOU,
    terminal: '001',
    clerk: 'u1',
    shiftId: 'shift-1',
    rules: '2025-1',
    soldAt: NOON + index,
    bizDate: '20261121',
    home: HANGZHOU,
    printSeq: 1,
  };
}
