import type { Desk } from '../desk.ts';
import { layCard } from './lay-card.ts';

/** The document that waited becomes the next passenger of this order, if a line waits. */
export function takeNextCard(desk: Desk): void {
  const { nextCard, sale } = desk.state();
  if (!nextCard || sale.step !== 'passengers') return;
  desk.change({ nextCard: null });
  layCard(desk, nextCard);
}
