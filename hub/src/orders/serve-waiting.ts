import type { Hub } from '../hub.ts';
import { askHome, type HomeWish } from './ask-home.ts';
import { keepAnswered, waitingWishes } from './waiting-rows.ts';

/** Wishes of one round. */
const WISHES_MAX = 50;

/** Answers that leave the matter open: the home is still under way, cannot be reached, or has not spoken. */
const OPEN: ReadonlySet<string> = new Set(['ticket.other-home', 'link.offline', 'link.no-answer']);

/**
 * Goes on with requests that met a home under way. A wish is asked under the station's own key, and the home answers one key
 * one way: killed anywhere, the next round finds the same answer. Returns how many were answered.
 */
export async function serveWaiting(hub: Hub): Promise<number> {
  let answered = 0;
  for (const { station, id, kind, body, since } of await waitingWishes(hub.store.read, WISHES_MAX)) {
    const wish = { station, id, kind, body: JSON.parse(body), askedAt: since } as HomeWish;
    const answer = await askHome(hub, wish);
    if (!answer.ok && OPEN.has(answer.refusal.code)) continue;
    await keepAnswered(hub.store, wish, answer.ok ? null : answer.refusal);
    answered += 1;
  }
  return answered;
}
