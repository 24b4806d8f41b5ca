import type { Command } from '@lianpiao/shared/ui/keys';
import type { Counter } from '../counter-state.ts';
import type { Desk } from '../desk.ts';

/** A command of the counter: what `keys.ts` says, on this state and with this desk. */
export type CounterCommand = Command<Counter, Desk>;
