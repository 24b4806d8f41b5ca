/**
 * Versions of the station link. The topic root carries the breaking version; the minor is agreed upon in hello and
 * welcome; an event type has a `tv` of its own, additive within it.
 */
export const TOPIC_ROOT = 'rt1';

/** The newest minor that this program speaks, and the oldest that it still accepts. */
export const MINOR = 2;
export const MINOR_OLDEST = 1;

/** From this minor on a batch's sealed persons travel apart from its JSON (frame.ts, encoding 3). */
export const PERSONS_APART_SINCE = 2;

export type VersionRange = { readonly oldest: number; readonly newest: number };

export const SPOKEN: VersionRange = { oldest: MINOR_OLDEST, newest: MINOR };

/** The highest minor that both sides speak, or undefined when there is none and one of them must be upgraded. */
export function agreedMinor(ours: VersionRange, theirs: VersionRange): number | undefined {
  const minor = Math.min(ours.newest, theirs.newest);
  return minor >= ours.oldest && minor >= theirs.oldest ? minor : undefined;
}
