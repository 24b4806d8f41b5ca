import { covers, legsBetween } from '@lianpiao/shared/domain/legs';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { saleClosesAt } from '@lianpiao/shared/domain/sale-rules';
import { isFree } from '@lianpiao/shared/domain/seats';
import { addDays, type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { offerOf } from '@lianpiao/shared/store/trips/offer';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { HubStore, TripTouch } from '../store/hub-store.ts';
import { type CalendarTrip, type KeptOffer, TripCalendar } from './trip-calendar.ts';

/** Rows of one answer. */
const OFFERS_MAX = 200;
/** An answer is worked out anew at least that often, in ms: rules and the end of sale move with the clock. */
const KEEP_MS_MAX = 30_000;
/** Answers kept for one stop and day: its destinations are fewer in any real timetable. */
const ANSWERS_MAX = 500;

export type TripQuery = { readonly from: string; readonly to: string; readonly date: string };

/**
 * 余票查询 over the whole province, from memory. Answers are JSON text of `Offer[]`, kept until a trip that calls at the
 * boarding stop changes; a commit tells so before its caller goes on, so a sale is seen by the next search.
 */
export class TripSearch {
  readonly #store: HubStore;
  readonly #calendar = new TripCalendar();
  /** Trips to read again, each with how often it was noted. */
  readonly #stale = new Map<string, number>();
  #reading: Promise<void> | null = null;

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

  /** The kept answer, where there is a good one: costs two look-ups. */
  kept({ from, to, date }: TripQuery, now: EpochMs): string | undefined {
    if (this.#stale.size > 0) return undefined;
    const place = this.#calendar.place(from, date);
    if (!place) return '[]';
    const answer = place.answers.get(to);
    return answer && answer.version === place.version && now < answer.until ? answer.body : undefined;
  }

  /** Offers that can be bought now on a channel that is not at the station, the earliest first, as JSON text. */
  async search(query: TripQuery, now: EpochMs): Promise<string> {
    if (this.#stale.size > 0) await this.#refresh();
    const kept = this.kept(query, now);
    if (kept !== undefined) return kept;
    const { from, to, date } = query;
    const place = this.#calendar.place(from, date);
    if (!place) return '[]';
    const { version } = place;
    const rules = await rulesAt(this.#store.read, now);
    const offers: string[] = [];
    let until = now + KEEP_MS_MAX;
    for (const { trip, position } of place.calls) {
      const end = trip.codes.indexOf(to, position + 1);
      if (end < 0) continue;
      const offer = await this.#offer(trip, position, end, rules);
      if (!offer || offer.closesAt <= now) continue;
      until = Math.min(until, offer.closesAt);
      offers.push(offer.text);
      if (offers.length === OFFERS_MAX) break;
    }
    const body = `[${offers.join(',')}]`;
    if (place.answers.size >= ANSWERS_MAX) place.answers.clear();
    place.answers.set(to, { version, until, body });
    return body;
  }

  async #offer(trip: CalendarTrip, from: number, to: number, rules: RuleSet): Promise<KeptOffer | null> {
    const key = `${from}-${to}`;
    const known = trip.offers.get(key);
    if (known !== undefined) return known;
    const { version } = trip;
    const made = await this.#makeOffer(trip.tripId, from, to, rules);
    if (trip.version === version) trip.offers.set(key, made);
    return made;
  }

  async #makeOffer(tripId: string, from: number, to: number, rules: RuleSet): Promise<KeptOffer | null> {
    const { read } = this.#store;
    const trip = await findTrip(read, tripId);
    if (!trip || (trip.state !== 'open' && trip.state !== 'departed')) return null;
    const seats = await seatsOfTrip(read, tripId);
    const legs = legsBetween(from, to);
    const remaining = seats.filter((seat) => isFree(seat, legs)).length;
    const ours = seats.filter((seat) => covers(seat.mine, legs)).length;
    const offer = offerOf(trip, from, to, { remaining, remainingElsewhere: trip.seats.length - ours }, rules.fareTypes);
    if (!offer) return null;
    return { text: JSON.stringify(offer), closesAt: saleClosesAt('web', offer.departsAt, rules.sale) };
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
