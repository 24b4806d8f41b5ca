/** What a line does to messages. Probabilities 0 … 1, delays in ms. Different delays are what reorders. */
export type Weather = {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMsMax: number;
};

export const CALM: Weather = { loss: 0, duplication: 0, delayMsMax: 0 };

/**
 * One direction of a line that loses, doubles, delays and reorders, on a virtual clock and from a seed: the same seed
 * gives the same run. Nothing is delivered before `arrived` is asked.
 */
export class ChaosTransport<Message> {
  readonly #random: () => number;
  #weather: Weather;
  #underWay: { readonly at: number; readonly message: Message }[] = [];

  /** `random` gives 0 … 1, see `seededRandom`. */
  constructor(random: () => number, weather: Weather) {
    this.#random = random;
    this.#weather = weather;
  }

  setWeather(weather: Weather): void {
    this.#weather = weather;
  }

  send(message: Message, now: number): void {
    const copies = 1 + (this.#random() < this.#weather.duplication ? 1 : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#random() < this.#weather.loss) continue;
      this.#underWay.push({ at: now + Math.floor(this.#random() * (this.#weather.delayMsMax + 1)), message });
    }
  }

  /** Messages that have arrived by `now`, in the order of arrival. */
  arrived(now: number): Message[] {
    const here = this.#underWay.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    this.#underWay = this.#underWay.filter(({ at }) => at > now);
    return here.map(({ message }) => message);
  }

  /** The connection breaks: everything under way is gone. */
  cut(): void {
    this.#underWay = [];
  }
}

/** A repeatable source of chance (mulberry32): 0 ≤ value < 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
