import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Beat, StationMessage } from '@lianpiao/shared/protocol/messages';
import type { HubStore } from '../store/hub-store.ts';
import { keepFreshness } from './station-record.ts';

/** How a station is, as the console shows it. Times are epoch ms of the hub's clock. */
export type StationFreshness = {
  readonly station: string;
  readonly online: boolean;
  readonly lastWordAt: number | null;
  /** Events that the station has not yet got confirmed, by its last heartbeat; and ours that it has not confirmed. */
  readonly queuedThere: number;
  readonly queuedHere: number;
  /** Age of the oldest event that is not confirmed to the station, by its last heartbeat, in ms. */
  readonly lagMs: number;
  readonly clockOffsetMs: number | null;
  readonly agentVersion: string | null;
  /** What the station's program last told of itself: how long it runs, in ms, and what its line carried when it was full. */
  readonly upMs: number | null;
  readonly bytesPerSecond: number | null;
  /** Code of the fence or reason of the stopped lane, if one stops it. */
  readonly stopped: string | null;
};

/** What its messages tell of a station, besides what they are for. */
export class StationNews {
  #lastWordAt: EpochMs | null = null;
  #keptAt: EpochMs | null = null;
  #queuedThere = 0;
  #lagMs = 0;
  #clockOffsetMs: number | null = null;
  #program: Pick<StationFreshness, 'agentVersion' | 'upMs' | 'bytesPerSecond'> = {
    agentVersion: null,
    upMs: null,
    bytesPerSecond: null,
  };

  get told(): Omit<StationFreshness, 'station' | 'online' | 'queuedHere' | 'stopped'> {
    return {
      lastWordAt: this.#lastWordAt,
      queuedThere: this.#queuedThere,
      lagMs: this.#lagMs,
      clockOffsetMs: this.#clockOffsetMs,
      ...this.#program,
    };
  }

  heard(message: StationMessage, now: EpochMs): void {
    this.#lastWordAt = now;
    this.#clockOffsetMs = message.off;
    if (message.k === 'hello') this.#program = { ...this.#program, agentVersion: message.agentVersion };
    else if (message.k === 'tel')
      this.#program = { ...this.#program, upMs: message.upMs, bytesPerSecond: message.bytesPerSecond };
  }

  heardBeat({ queued, lagMs }: Beat): void {
    this.#queuedThere = queued;
    this.#lagMs = lagMs;
  }

  /** Writes down when the station was last heard, if that has changed since. */
  async keep(store: HubStore, station: string): Promise<void> {
    const lastWordAt = this.#lastWordAt;
    if (lastWordAt === null || lastWordAt === this.#keptAt) return;
    this.#keptAt = lastWordAt;
    const fresh = { lastWordAt, queued: this.#queuedThere, lagMs: this.#lagMs };
    await store.transaction((tx) => keepFreshness(tx, station, fresh));
  }
}
