import { EVENTS, type EventBody, type EventType } from '../protocol/events.ts';
import type { Tx } from '../store/store.ts';

/** A fact as it arrived: its body is checked, its person still sealed. */
export type ArrivedFact<Type extends EventType = EventType> = {
  readonly seq: number;
  readonly type: Type;
  /** Epoch ms on the sender's clock. */
  readonly at: number;
  readonly agg: string;
  readonly fact: EventBody<Type>;
  readonly person: Uint8Array | null;
  readonly personHash: string | null;
};

/**
 * What each type of fact changes here. A fact happened: a handler applies it, and never refuses it. `peer` is who says it:
 * `hub`, or a station code.
 */
export type FactHandlers<Tables> = {
  readonly [Type in EventType]?: (tx: Tx<Tables>, fact: ArrivedFact<Type>, peer: string) => Promise<void>;
};

/** A row of the inbox, or an event that is about to become one. */
export type RawFact = {
  readonly peer: string;
  readonly seq: number;
  readonly type: string;
  readonly tv: number;
  readonly at: number;
  readonly agg: string;
  readonly fact: string;
  readonly person: Uint8Array | null;
  readonly personHash: string | null;
};

/**
 * A fact that this program does not understand: its type, its version or its body. An upgrade, or a correction at the
 * sender, is needed; it is never skipped.
 */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
  readonly code: 'fact.unknown-type' | 'fact.newer-version' | 'fact.malformed';

  constructor(code: NotUnderstood['code'], what: string) {
    super(`${what} [${code}]`);
    this.code = code;
  }
}

/** Applies one fact in a transaction. @throws NotUnderstood, or what the handler threw. */
export async function applyFact<Tables>(tx: Tx<Tables>, handlers: FactHandlers<Tables>, raw: RawFact): Promise<void> {
  const { type, tv } = raw;
  const handler = isEventType(type)
    ? (handlers[type] as ((tx: Tx<Tables>, fact: ArrivedFact, peer: string) => Promise<void>) | undefined)
    : undefined;
  if (!isEventType(type) || !handler) throw new NotUnderstood('fact.unknown-type', `nobody here understands "${type}"`);
  if (tv > EVENTS[type].tv)
    throw new NotUnderstood('fact.newer-version', `"${type}" has version ${tv}, this program knows ${EVENTS[type].tv}`);
  const { peer, seq, at, agg, person, personHash } = raw;
  await handler(tx, { seq, type, at, agg, fact: bodyOf(type, raw.fact), person, personHash }, peer);
}

function bodyOf(type: EventType, text: string): EventBody<EventType> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new NotUnderstood('fact.malformed', `"${type}" is not JSON`);
  }
  const parsed = EVENTS[type].body.safeParse(body);
  if (parsed.success) return parsed.data as EventBody<EventType>;
  const [issue] = parsed.error.issues;
  throw new NotUnderstood('fact.malformed', `"${type}": ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

/** The code of what a handler threw: its own where it has one. */
export function codeOfFailure(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[a-z0-9-]+\.[a-z0-9-]+$/.test(code) ? code : 'fact.cannot-apply';
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}
