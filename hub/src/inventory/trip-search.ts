import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { saleClosesAt } from '@lianpiao/shared/domain/sale-rules';
import { addDays, type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { offerOf } from '@lianpiao/shared/store/trips/offer';
import type { HubStore, TripTouch } from '../store/hub-store.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type SeatCount, seatCountsOf, seatsFor } from './seat-counts.ts';
import { type CalendarRide, type CalendarTrip, TripCalendar } from './trip-calendar.ts';

/** Rows of one answer. */
const OFFERS_MAX = 200;
/** An answer is worked out anew at least that often, in ms: rules and the end of sale move with the clock. */
const KEEP_MS_MAX = 30_000;
/** Rules are read again at least that often, in ms. */
const RULES_MS_MAX = 1_000;

export type TripQuery = { readonly from: string; readonly to: string; readonly date: string };

/**
 * 余票查询 over the whole province, from memory. Answers are JSON text of `Offer[]`, kept until a trip that calls at the
 * boarding stop changes; a commit tells so before its caller goes on, so a sale is seen by the next search.
 */
export class TripSearch {
  readonly #store: HubStore;
  readonly #calendar = new TripCalendar();
  readonly #answers = new KeptAnswers();
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

  /** The kept answer, where there is a good one: costs two look-ups. */
  kept(query: TripQuery, now: EpochMs): string | undefined {
    if (this.#stale.size > 0) return undefined;
    const place = this.#calendar.place(query.from, query.date);
    if (!place) return '[]';
    const answer = this.#answers.get(questionOf(query));
    return answer && answer.version === place.version && now < answer.until ? answer.body : undefined;
  }

  /** Offers that can be bought now on a channel that is not at the station, the earliest first, as JSON text. */
  async search(query: TripQuery, now: EpochMs): Promise<string> {
    if (this.#stale.size > 0) await this.#refresh();
    const kept = this.kept(query, now);
    if (kept !== undefined) return kept;
    const place = this.#calendar.place(query.from, query.date);
    if (!place) return '[]';
    const { version } = place;
    const rules = await this.#rulesAt(now);
    const offers: string[] = [];
    let until = now + KEEP_MS_MAX;
    for (const ride of this.#calendar.rides(place, query.to)) {
      const { trip, from } = ride;
      const closesAt = saleClosesAt('web', trip.departsAt[from]!, rules.sale);
      if (closesAt <= now) continue;
      const offer = offerText(ride, trip.seats ?? (await this.#readSeats(trip)), rules);
      if (offer === undefined) continue;
      until = Math.min(until, closesAt);
      offers.push(offer);
      if (offers.length === OFFERS_MAX) break;
    }
    const body = `[${offers.join(',')}]`;
    this.#answers.keep(questionOf(query), { version, until, body });
    return body;
  }

  async #readSeats(trip: CalendarTrip): Promise<readonly SeatCount[]> {
    const { version } = trip;
    const seats = await seatCountsOf(this.#store.read, trip.trip.tripId);
    if (trip.version === version) trip.seats = seats;
    return seats;
  }

  async #rulesAt(now: EpochMs): Promise<RuleSet> {
    const known = this.#rules;
    if (known && known.at <= now && now < known.at + RULES_MS_MAX) return known.set;
    const set = await rulesAt(this.#store.read, now);
    this.#rules = { set, at: now };
    return set;
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

function questionOf({ from, to, date }: TripQuery): string {
  return `${from} ${to} ${date}`;
}

/** An offer as JSON text; undefined where the ride cannot be bought. */
function offerText({ trip: { trip }, from, to }: CalendarRide, seats: readonly SeatCount[], rules: RuleSet) {
  if (trip.state !== 'open' && trip.state !== 'departed') return undefined;
  const legs = legsBetween(from, to);
  const counts = {
    remaining: seatsFor(seats, 'free', legs),
    remainingElsewhere: trip.seats.length - seatsFor(seats, 'mine', legs),
  };
  const offer = offerOf(trip, from, to, counts, rules.fareTypes);
  return offer && JSON.stringify(offer);
}
