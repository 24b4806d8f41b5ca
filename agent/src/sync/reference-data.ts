import { randomBytes } from 'node:crypto';
import type { Clock } from '@lianpiao/shared/clock';
import type { Said, SayResult } from '@lianpiao/shared/link/peer-link';
import { partDigest } from '@lianpiao/shared/link/ref-rows';
import type { SetVersion } from '@lianpiao/shared/protocol/messages';
import { isSetName, type SetName } from '@lianpiao/shared/protocol/reference';
import { lte } from 'drizzle-orm';
import { heldOf, type Part, takePart } from '../reference/take-part.ts';
import type { AgentStore } from '../store/open-agent-store.ts';

export type ReferenceDataOptions = {
  readonly store: AgentStore;
  /** Says something to the hub. Which connection takes it is decided there. */
  readonly say: (said: Said) => SayResult;
  readonly clock: Clock;
  readonly noted: (code: string, facts: Readonly<Record<string, unknown>>) => void;
};

/** Without an answer the same part is asked for again after so long; growing, because the line may be slow. In ms. */
const AGAIN_MS = 5_000;
const AGAIN_MS_MAX = 60_000;
/** A set that could not be taken is tried again later: only another version, or another program, makes a difference. */
const REFUSED_MS = 60_000;
/** Stations that hear the same hint do not all ask at once. */
const HINT_SPREAD_MS = 2_000;
/** Rows are held against the hub's at least so often. */
const COMPARE_MS = 24 * 3_600_000;
const LOOK_MS = 60_000;

/** One question to the hub; what answers another one is foreign. */
type Question = {
  readonly id: string;
  readonly set: SetName;
  readonly askedAt: number;
  /** The part that comes next: `begun` is the one before it. */
  readonly next: number;
  readonly begun: Part | undefined;
};

/**
 * Keeps the station's copies of the hub's data sets (station-link: reference data). One part is asked for at a time, so any
 * message may be lost, doubled or late; each question says what really lies in the tables, so each is a comparison too.
 */
export class ReferenceData {
  readonly #options: ReferenceDataOptions;
  /** Sets to pull, and from when on: monotonic, in ms. */
  readonly #due = new Map<SetName, number>();
  /** Sets whose delta did not fit: all of it is asked for. */
  readonly #whole = new Set<SetName>();
  #question: Question | undefined;
  #asking = false;
  #tries = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReferenceDataOptions) {
    this.#options = options;
  }

  /** The hub's versions, from a heartbeat. */
  async announced(versions: readonly SetVersion[], now: number): Promise<void> {
    const { store } = this.#options;
    const kept = new Map((await store.read.db.select().from(store.read.t.refSets)).map((row) => [row.set, row]));
    for (const { set, version, hash } of versions) {
      if (!isSetName(set)) continue;
      const held = kept.get(set);
      if (held?.version !== version || held.hash !== hash) this.#want(set, now);
    }
  }

  hinted(set: string, now: number): void {
    if (isSetName(set)) this.#want(set, now + Math.random() * HINT_SPREAD_MS);
  }

  /** Asks what is due. Call often, while there is a session; nobody has to wait for it. */
  async tick(now: number): Promise<void> {
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      await this.#wantOld(now);
    }
    if (this.#asking) return;
    const question = this.#question;
    if (question) {
      if (now - question.askedAt < Math.min(AGAIN_MS * 2 ** this.#tries, AGAIN_MS_MAX)) return;
      this.#tries += 1;
      return this.#ask(question.set, question.begun, now);
    }
    for (const [set, at] of this.#due) {
      if (at > now) continue;
      this.#tries = 0;
      return this.#ask(set, undefined, now);
    }
  }

  /** A part from the hub. Whatever was not asked for just now is dropped. */
  async heard(part: Part, now: number): Promise<void> {
    const question = this.#question;
    if (!question || part.id !== question.id || part.set !== question.set) return;
    const { begun, next } = question;
    const continues = begun !== undefined && part.part === next && isSamePull(begun, part);
    if (part.part >= part.parts || partDigest(part.rows) !== part.digest) return;
    if (!continues && part.part > 0) {
      // The set is another one than that which was begun: from the start, when it is time to ask again.
      this.#question = { ...question, next: 0, begun: undefined };
      return;
    }
    this.#question = undefined;
    this.#asking = true;
    try {
      await this.#take(question.set, part, now);
    } finally {
      this.#asking = false;
    }
  }

  async #take(set: SetName, part: Part, now: number): Promise<void> {
    const { store, clock, noted } = this.#options;
    this.#tries = 0;
    const { version, kind } = part;
    try {
      const taken = await takePart(store, set, part, clock.now());
      if (!taken.ok) {
        noted(taken.refusal.code, { set, version, kind });
        this.#due.set(set, kind === 'delta' ? now : now + REFUSED_MS);
        this.#whole.add(set);
      } else if (taken.value === 'gathered') await this.#ask(set, part, now);
      else {
        this.#due.delete(set);
        this.#whole.delete(set);
        if (part.rows.length > 0) noted('ref.taken', { set, version, kind });
      }
    } catch (cause) {
      noted('link.not-kept', { set, reason: String(cause) });
    }
  }

  async #ask(set: SetName, begun: Part | undefined, now: number): Promise<void> {
    const { store, say, noted } = this.#options;
    const id = randomBytes(9).toString('hex');
    const next = begun ? begun.part + 1 : 0;
    this.#asking = true;
    try {
      const { version, hash } = this.#whole.has(set) ? { version: 0, hash: null } : await heldOf(store.read, set);
      this.#question = { id, set, askedAt: now, next, begun };
      const want = { version: begun?.version ?? 0, part: next };
      say({ k: 'ref-get', id, set, have: version, hash, want });
    } catch (cause) {
      noted('link.not-kept', { set, reason: String(cause) });
    } finally {
      this.#asking = false;
    }
  }

  #want(set: SetName, at: number): void {
    if (!this.#due.has(set)) this.#due.set(set, at);
  }

  /** Sets whose rows nobody has compared for a day. */
  async #wantOld(now: number): Promise<void> {
    const { store, clock, noted } = this.#options;
    const before = clock.now() - COMPARE_MS;
    try {
      const { db, t } = store.read;
      for (const { set } of await db.select().from(t.refSets).where(lte(t.refSets.comparedAt, before)))
        if (isSetName(set)) this.#want(set, now);
    } catch (cause) {
      noted('link.not-kept', { reason: String(cause) });
    }
  }
}

function isSamePull(one: Part, other: Part): boolean {
  return (
    one.kind === other.kind && one.version === other.version && one.hash === other.hash && one.parts === other.parts
  );
}
