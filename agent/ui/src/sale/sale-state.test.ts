import { addDays, type ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Held, Offer, Sold } from '@lianpiao/shared/protocol/ticketing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../counter-bodies.ts';
import { type Line, linesFor } from './passenger-lines.ts';
import { emptySale, nextSale, type Sale, type SaleEvent, totals } from './sale-state.ts';

const TODAY = '20251121' as ServiceDate;
const place = { code: '0573', name: '嘉兴', pinyin: 'jiaxing', initials: 'jx', trips: 18, nextDepartsAt: null };
const anOffer = (over: Partial<Offer> = {}): Offer => ({
  tripId: '330502001-20251121-H220',
  tripNo: 'H220',
  serviceDate: '20251121',
  departsAt: 1,
  arrivesAt: 2,
  departs: '14:45',
  from: 0,
  to: 2,
  fromName: '湖州总站',
  toName: '嘉兴',
  terminalName: '嘉兴',
  stopNames: [],
  vehicleClass: '大型高一',
  carrier: 'c',
  gate: '3',
  kind: 'regular',
  nature: 'fixed',
  remaining: 12,
  remainingElsewhere: 5,
  seats: 45,
  fullFen: 3800,
  halfFen: 1900,
  ceilingFen: null,
  km: 96,
  state: 'open',
  ...over,
});
const aHold = (seats: string[]): Held => ({
  holdId: 'h1',
  tripId: anOffer().tripId,
  from: 0,
  to: 2,
  seats,
  expiresAt: 9e12,
  fullFen: 3800,
  halfFen: 1900,
});
// Synthetic documents.
const card = (idNo: string): Card => ({ idType: 'resident', name: '张三', idNo, birthOn: '19900307' });
const filled = (lines: readonly Line[]) =>
  lines.map((line, index) => ({ ...line, document: card(`33010619900307${String(index).padStart(4, '0')}`) }));
const sold: Sold = { orderId: 'o1', tickets: [], totalFen: 3800, receivedFen: 5000, changeFen: 1200, printJobs: [] };

const run = (events: SaleEvent[], from: Sale = emptySale(TODAY)) => events.reduce(nextSale, from);
const toTrips: SaleEvent[] = [
  { is: 'queryChanged', query: 'jx', candidates: [place] },
  { is: 'destinationTaken', destination: place, date: TODAY },
];
const toPassengers: SaleEvent[] = [
  ...toTrips,
  { is: 'offersCame', ask: 2, offers: [anOffer({ state: 'closed' }), anOffer()], moment: { online: true, now: 0 } },
  { is: 'holdAsked' },
  { is: 'held', held: aHold(['12', '16']), offer: anOffer(), keep: [] },
];

describe('a sale', () => {
  it('goes from the first letter to the change and leaves nothing of it in the next one', () => {
    const passengers = run(toPassengers);
    expect([passengers.step, passengers.lines.map((line) => line.seat)]).toEqual(['passengers', ['12', '16']]);
    const payment = run(
      [
        { is: 'linesChanged', lines: filled(passengers.lines) },
        { is: 'paymentOpened', at: 5, key: 'k' },
        { is: 'moneyTyped', key: '1' },
      ],
      passengers,
    );
    expect([payment.step, payment.money.typed, totals(payment).dueFen]).toEqual(['payment', '1', 7600]);
    const done = run([{ is: 'payAsked' }, { is: 'sold', sold, date: TODAY }], payment);
    expect(done).toMatchObject({
      step: 'done',
      held: null,
      lines: [],
      query: '',
      receipt: { sold: { changeFen: 1200 } },
    });
    expect(nextSale(done, { is: 'queryChanged', query: 'a', candidates: [] }).receipt).toBeNull();
  });

  it('stops the cursor on the first trip that can be sold', () => {
    expect(run(toPassengers.slice(0, 3)).tripCursor).toBe(1);
  });

  it('does not believe an answer to a question that is no longer asked', () => {
    const moved = run([...toTrips, { is: 'destinationTaken', destination: place, date: '20251122' as ServiceDate }]);
    expect(
      nextSale(moved, { is: 'offersCame', ask: 2, offers: [anOffer()], moment: { online: true, now: 0 } }).offers,
    ).toBeNull();
    const cleared = run([...toTrips, { is: 'holdAsked' }, { is: 'cleared', date: TODAY }]);
    expect(nextSale(cleared, { is: 'held', held: aHold(['12']), offer: anOffer(), keep: [] }).held).toBeNull();
  });

  it('asks for no money while a passenger has no document', () => {
    expect(run([...toPassengers, { is: 'paymentOpened', at: 5, key: 'k' }]).step).toBe('passengers');
  });

  it('takes no key into the amount while the sale is being made', () => {
    const paying = run([
      ...toPassengers,
      { is: 'linesChanged', lines: filled(linesFor(['12', '16'])) },
      { is: 'paymentOpened', at: 5, key: 'k' },
      { is: 'payAsked' },
    ]);
    expect(run([{ is: 'moneyTyped', key: '9' }, { is: 'paymentLeft' }], paying)).toEqual(paying);
  });

  it('keeps documents when the seats change, and a child without a seat stays one', () => {
    const before = run([
      ...toPassengers,
      {
        is: 'linesChanged',
        lines: [...filled(linesFor(['12', '16'])), { fareType: 'freeChild', seat: null, document: null, byHand: true }],
      },
    ]);
    const after = run(
      [{ is: 'holdAsked' }, { is: 'held', held: aHold(['20', '21']), offer: anOffer(), keep: before.lines }],
      before,
    );
    expect(after.lines.map((line) => [line.seat, line.document?.idNo ?? null, line.fareType])).toEqual([
      ['20', '330106199003070000', 'full'],
      ['21', '330106199003070001', 'full'],
      [null, null, 'freeChild'],
    ]);
  });

  it('is about the day of the coach that was taken from the board, which late in the evening is tomorrow', () => {
    const tomorrow = { ...anOffer(), serviceDate: addDays(TODAY, 1) };
    expect(nextSale(emptySale(TODAY), { is: 'boardTaken', offers: [tomorrow], cursor: 0 }).date).toBe(
      addDays(TODAY, 1),
    );
  });

  it('cannot be brought to payment without seats and documents, nor to a second sale, by any sequence of events', () => {
    const offers = [anOffer()];
    const events = fc.constantFrom<SaleEvent>(
      ...toPassengers,
      { is: 'queryChanged', query: '', candidates: [] },
      { is: 'boardTaken', offers, cursor: 0 },
      { is: 'holdRefused' },
      { is: 'linesChanged', lines: filled(linesFor(['12', '16'])) },
      { is: 'linesChanged', lines: linesFor(['12']) },
      { is: 'paymentOpened', at: 1, key: 'k' },
      { is: 'paymentLeft' },
      { is: 'payAsked' },
      { is: 'payRefused', key: 'k2' },
      { is: 'sold', sold, date: TODAY },
      { is: 'cleared', date: TODAY },
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 25 }), (sequence) => {
        let sale = emptySale(TODAY);
        for (const event of sequence) {
          const before = sale;
          sale = nextSale(sale, event);
          if (sale.step === 'payment')
            expect(
              sale.held !== null && sale.lines.length > 0 && sale.lines.every((line) => line.document !== null),
            ).toBe(true);
          if (sale.step === 'done' && before.step !== 'done') expect(before.step).toBe('payment');
        }
      }),
    );
  });
});
