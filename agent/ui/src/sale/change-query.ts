import type { Desk } from '../desk.ts';
import { mergeDestinations, rankDestinations } from './destination-search.ts';

/** Shows what fits the query from what is known; only what nobody here knows is asked of the agent. */
export async function changeQuery(desk: Desk, query: string): Promise<void> {
  const { known, sale } = desk.state();
  const candidates = rankDestinations(known, query);
  desk.sale({ is: 'queryChanged', query, candidates });
  if (candidates.length > 0 || query.trim() === '') return;
  const answer = await desk.api.destinations(query, sale.date);
  if (!answer.ok || answer.value.length === 0) return;
  desk.change({ known: mergeDestinations(desk.state().known, answer.value) });
  desk.sale({ is: 'candidatesCame', query, candidates: answer.value.slice(0, 9) });
}
