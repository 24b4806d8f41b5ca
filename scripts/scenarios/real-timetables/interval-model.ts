/** Who may give a leg away. Legs under way belong to nobody. */
export type Owner = 'station' | 'hub' | 'nobody';

type ModelSeat = { readonly riders: (string | null)[]; readonly owners: Owner[] };
type Place = { readonly tripId: string; readonly seat: string; readonly from: number; readonly to: number };

/**
 * What a province that never sells a leg twice looks like, by brute force: for each trip and seat a plain list of legs with
 * who rides there (a ticket number, or the name of a hold) and who owns the leg. It knows nothing of masks, and any claim
 * on a leg that is taken or somebody else's throws.
 */
export class IntervalModel {
  readonly #trips = new Map<string, Map<string, ModelSeat>>();
  readonly #places = new Map<string, Place[]>();
  readonly #holds = new Map<string, number>();

  addTrip(tripId: string, seats: readonly string[], legs: number): void {
    const fresh = () => ({
      riders: Array.from({ length: legs }, () => null),
      owners: Array.from({ length: legs }, () => 'station' as Owner),
    });
    this.#trips.set(tripId, new Map(seats.map((seat) => [seat, fresh()])));
  }

  has(tripId: string): boolean {
    return this.#trips.has(tripId);
  }

  seat(tripId: string, seat: string): ModelSeat {
    const found = this.#trips.get(tripId)?.get(seat);
    if (!found) throw new Error(`no seat ${seat} on ${tripId}`);
    return found;
  }

  /** Seats that an owner can sell for the whole of a ride. */
  free(tripId: string, owner: Owner, from: number, to: number): string[] {
    const free: string[] = [];
    for (const [seat, { riders, owners }] of this.#trips.get(tripId)!) {
      let good = true;
      for (let leg = from; leg < to; leg += 1) if (riders[leg] !== null || owners[leg] !== owner) good = false;
      if (good) free.push(seat);
    }
    return free;
  }

  /** A leg changes hands; it must be unsold and belong to `before`. */
  own(tripId: string, seat: string, leg: number, before: Owner, after: Owner): void {
    const { riders, owners } = this.seat(tripId, seat);
    if (owners[leg] !== before)
      throw new Error(`leg ${leg} of seat ${seat} on ${tripId} is ${owners[leg]}’s, not ${before}’s`);
    if (riders[leg] !== null)
      throw new Error(`leg ${leg} of seat ${seat} on ${tripId} is given away with ${riders[leg]} on it`);
    owners[leg] = after;
  }

  claim(who: string, owner: Owner, place: Place): void {
    const { tripId, seat, from, to } = place;
    const { riders, owners } = this.seat(tripId, seat);
    for (let leg = from; leg < to; leg += 1) {
      if (riders[leg] !== null)
        throw new Error(`sold twice: leg ${leg} of seat ${seat} on ${tripId} to ${riders[leg]} and ${who}`);
      if (owners[leg] !== owner)
        throw new Error(`${owner} sold leg ${leg} of seat ${seat} on ${tripId}, which is ${owners[leg]}’s`);
    }
    for (let leg = from; leg < to; leg += 1) riders[leg] = who;
    this.#places.set(who, [...(this.#places.get(who) ?? []), place]);
  }

  hold(holdId: string, owner: Owner, places: readonly Place[], endsAt: number): void {
    for (const place of places) this.claim(`hold ${holdId}`, owner, place);
    this.#holds.set(holdId, endsAt);
  }

  /** The claim ends: its legs are free. */
  end(who: string): void {
    for (const { tripId, seat, from, to } of this.#places.get(who) ?? []) {
      const { riders } = this.seat(tripId, seat);
      for (let leg = from; leg < to; leg += 1) {
        if (riders[leg] !== who)
          throw new Error(`leg ${leg} of seat ${seat} on ${tripId} is ${riders[leg]}’s, not ${who}’s`);
        riders[leg] = null;
      }
    }
    this.#places.delete(who);
  }

  endHold(holdId: string): void {
    this.end(`hold ${holdId}`);
    this.#holds.delete(holdId);
  }

  /** Ends the holds whose time is over. */
  passTime(now: number): void {
    for (const [holdId, endsAt] of this.#holds) if (endsAt <= now) this.endHold(holdId);
  }

  rename(who: string, next: string): void {
    const places = this.#places.get(who) ?? [];
    for (const { tripId, seat, from, to } of places) this.seat(tripId, seat).riders.fill(next, from, to);
    this.#places.set(next, places);
    this.#places.delete(who);
  }
}
