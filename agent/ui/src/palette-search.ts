import { searchCommands } from '@lianpiao/shared/ui/palette';
import type { CounterCommand } from './commands/command.ts';
import type { Counter } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { commandsOf, globalsOf, modeUnder } from './screens.ts';

/** Commands of the screen underneath and of everywhere, without the palette itself. */
export function searchable(state: Counter): CounterCommand[] {
  const mode = modeUnder(state);
  return [...commandsOf(mode), ...globalsOf(mode)].filter((command) => command.name !== 'palette');
}

/** Finds again after each key in the palette. */
export function findInPalette(desk: Desk): void {
  const state = desk.state();
  if (state.overlay !== 'palette') return;
  const found = searchCommands(searchable(state), state.palette.query).map((command) => command.name);
  if (found.join() !== state.palette.found.join()) desk.change({ palette: { ...state.palette, found, cursor: 0 } });
}
