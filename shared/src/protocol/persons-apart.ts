import type { WireEvent } from './messages.ts';

/**
 * Sealed persons are random bytes: nothing compresses them, and as text they take a third more. Since minor 2 a batch's
 * persons travel behind its JSON, in the order of their events, where the JSON has the length of the sealed part only:
 *
 *   digest (32) | sealed (as many as `person` says)
 */
const HASH_BYTES = 32;
/** As many as 4,096 characters of base64url are. */
const SEALED_BYTES_MAX = 3072;

type Events = { readonly events: readonly Readonly<Record<string, unknown>>[] };

/** The message without its persons, and those; undefined for one that has none. */
export function takePersonsOut(message: unknown): { readonly plain: unknown; readonly persons: Buffer } | undefined {
  if (!hasEvents(message)) return undefined;
  const persons: Buffer[] = [];
  const events = (message.events as readonly WireEvent[]).map(({ person, ...event }) => {
    if (!person) return event;
    const sealed = Buffer.from(person.sealed, 'base64url');
    persons.push(Buffer.from(person.hash, 'hex'), sealed);
    return { ...event, person: sealed.length };
  });
  return persons.length === 0 ? undefined : { plain: { ...message, events }, persons: Buffer.concat(persons) };
}

/** What `takePersonsOut` was given; undefined where lengths and bytes do not fit. The caller's schema checks the rest. */
export function putPersonsBack(plain: unknown, persons: Buffer): unknown {
  if (!hasEvents(plain)) return undefined;
  let at = 0;
  const events: unknown[] = [];
  for (const event of plain.events) {
    const length = event['person'];
    if (length === undefined) {
      events.push(event);
      continue;
    }
    const whole = typeof length === 'number' && Number.isInteger(length) && length > 0 && length <= SEALED_BYTES_MAX;
    if (!whole || at + HASH_BYTES + length > persons.length) return undefined;
    const sealedAt = at + HASH_BYTES;
    const hash = persons.toString('hex', at, sealedAt);
    at = sealedAt + length;
    events.push({ ...event, person: { sealed: persons.toString('base64url', sealedAt, at), hash } });
  }
  return at === persons.length ? { ...plain, events } : undefined;
}

function hasEvents(message: unknown): message is Events {
  const events = (message as { events?: unknown } | null | undefined)?.events;
  return Array.isArray(events) && events.every((event) => typeof event === 'object' && event !== null);
}
