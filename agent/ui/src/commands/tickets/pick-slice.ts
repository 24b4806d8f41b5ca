import type { Counter } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';
import type { TicketPick } from '../../tickets/ticket-pick.ts';

/** Screens that begin with finding one ticket. */
export type PickScreen = 'refund' | 'voiding' | 'reprint' | 'rebook';

/** The screen that is open, as the state's field. */
export function openPick(state: Counter): PickScreen {
  return state.screen === 'void' ? 'voiding' : (state.screen as 'refund' | 'reprint' | 'rebook');
}

/** Changes a part of a screen's state and leaves the rest. */
export function changePick<Name extends PickScreen>(desk: Desk, name: Name, patch: Partial<Counter[Name]>): void {
  desk.change({ [name]: { ...desk.state()[name], ...patch } } as Partial<Counter>);
}

/** What a screen forgets when another ticket is meant. */
export const FORGOTTEN: { readonly [Name in PickScreen]: Partial<Counter[Name]> } = {
  refund: { quote: null, done: null },
  voiding: { done: null },
  reprint: { done: false },
  rebook: { offers: null, tripCursor: 0, done: null },
};

/** True while the same screen still means the same number: an answer that comes later is dropped. */
export function stillMeant(desk: Desk, name: PickScreen, pick: TicketPick): boolean {
  const now = desk.state()[name];
  return openPick(desk.state()) === name && now.typed === pick.typed && now.key === pick.key;
}
