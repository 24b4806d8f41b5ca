import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { saleClosesAt } from '@lianpiao/shared/domain/sale-rules';
import { addDays, type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { rulesAt } from '@lianpiao/shared/store/rules';
import type { HubStore, TripTouch } from '../store/hub-store.ts';
import type { CalendarTrip } from './calendar-trip.ts';
import { offerText } from './offer-text.ts';
import { seatCountsOf } from './seat-counts.ts';
import { TripCalendar, type TripQuery } from './trip-calendar.ts';

/** Rows of one answer. */
const OFFERS_MAX = 200;
/** Rules are read again at least that often, in ms. */
const RULES_MS_MAX = 1_000;

/**
 * 余票查询 over the whole province, from memory. A commit tells which trips it changed before its caller goes on, so a sale
 * is seen by the next search. Answers are not kept: there are too many questions for one to be asked twice between two
 * sales, and keeping them costs more than working them out.
 */
export class TripSearch {
  readonly #store: HubStore;
  readonly #calendar = new TripCalendar();
  /** Trips to read again, each with how often it was noted. */
  readonly #stale = new Map<string, number>();
  #reading: Promise<void> | null = null;
  #rules: { readonly set: RuleSet; readonly at: EpochMs } | undefined;

  constructor(store: HubStore) {
    this.#store = store;
    store.onTrips((trips) => this.#note(trips));
  }

  get size(): number {
    return this.#calendar.size;
  }

  /** Reads the trips of yesterday and later. Until it is done answers lack trips. */
  async load(now: EpochMs): Promise<void> {
    await this.#calendar.load(this.#store.read, addDays(serviceDateOf(now, 'Asia/Shanghai'), -1));
  }

  forgetOld(now: EpochMs): void {
    this.#calendar.forgetBefore(addDays(serviceDateOf(now, 'Asia/Shanghai'), -1));
  }

  /**
   * Offers that can be bought now on a channel that is not at the station, the earliest first, as JSON in UTF-8, one
   * character a byte. A promise only where something has to be read first.
   */
  search(query: TripQuery, now: EpochMs): string | Promise<string> {
    const rules = this.#rulesAt(now);
    if (!rules || this.#stale.size > 0) return this.#readAndSearch(query, now);
    const offers: string[] = [];
    let open = false;
    for (const ride of this.#calendar.rides(query)) {
      const { trip, from } = ride;
      // Rides are in order of departure: behind the first that can still be bought in time all can.
      open ||= saleClosesAt('web', trip.departsAt[from]!, rules.sale) > now;
      if (!open || !trip.onSale) continue;
      if (trip.seats === undefined) return this.#readAndSearch(query, now);
      offers.push(offerText(ride, trip.seats, rules));
      if (offers.length === OFFERS_MAX) break;
    }
    return `[${offers.join(',')}]`;
  }

  async #readAndSearch(query: TripQuery, now: EpochMs): Promise<string> {
    if (this.#stale.size > 0) await this.#refresh();
    if (!this.#rulesAt(now)) this.#rules = { set: await rulesAt(this.#store.read, now), at: now };
    for (const { trip } of this.#calendar.rides(query)) if (trip.seats === undefined) await this.#readSeats(trip);
    return this.search(query, now);
  }

  /** Seats that change while they are counted are counted again. */
  async #readSeats(trip: CalendarTrip): Promise<void> {
    const { version } = trip;
    const seats = await seatCountsOf(this.#store.read, trip.tripId);
    if (trip.version === version) trip.seats = seats;
  }

  #rulesAt(now: EpochMs): RuleSet | undefined {
    const known = this.#rules;
    return known && known.at <= now && now < known.at + RULES_MS_MAX ? known.set : undefined;
  }

  #note(trips: ReadonlyMap<string, TripTouch>): void {
    for (const [tripId, what] of trips) {
      if (what === 'trip') this.#stale.set(tripId, (this.#stale.get(tripId) ?? 0) + 1);
      this.#calendar.changed(tripId);
    }
  }

  /** Trips that were published or sent off since: read before the next search, by one reader for all who wait. */
  #refresh(): Promise<void> {
    this.#reading ??= this.#readStale().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readStale(): Promise<void> {
    const noted = new Map(this.#stale);
    await this.#calendar.reload(this.#store.read, [...noted.keys()]);
    for (const [tripId, times] of noted) if (this.#stale.get(tripId) === times) this.#stale.delete(tripId);
  }
}
