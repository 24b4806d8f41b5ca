import { invariant } from './invariant.ts';

/**
 * The life of a thing as data: which event leads from which states to which one.
 *
 * `terminal` states have no way out. `resting` states do, but a thing may stay in them for ever (an expired order that
 * nobody pays late). Every other state waits for something: it has a watchdog and a place in the console.
 */
export type StateTable<State extends string, Event extends string> = {
  readonly thing: string;
  readonly initial: State;
  readonly states: readonly State[];
  readonly terminal: readonly State[];
  readonly resting: readonly State[];
  readonly edges: readonly Edge<State, Event>[];
};

export type Edge<State extends string, Event extends string> = {
  readonly event: Event;
  readonly from: readonly State[];
  readonly to: State;
};

/** True when `event` may happen to a thing in state `from`. */
export function canMove<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  from: State,
  event: Event,
): boolean {
  return targets(table, from, event).length > 0;
}

/** Where `event` leads from `from`: nowhere, to one state, or to one of several where the thing itself remembers which. */
export function targets<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  from: State,
  event: Event,
): State[] {
  return table.edges.filter((edge) => edge.event === event && edge.from.includes(from)).map((edge) => edge.to);
}

/** The state after `event`. For events with one target only; to ask for a move that the table does not have is a bug. */
export function stateAfter<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  from: State,
  event: Event,
): State {
  const [to, ...others] = targets(table, from, event);
  invariant(to !== undefined && others.length === 0, 'the event leads to exactly one state', {
    thing: table.thing,
    from,
    event,
  });
  return to;
}

/** The states in which `event` may happen: what stands in the WHERE clause of the verb. */
export function statesBefore<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  event: Event,
): State[] {
  return table.states.filter((state) => canMove(table, state, event));
}

/** The states that wait for something and therefore have a watchdog. */
export function waitingStates<State extends string, Event extends string>(table: StateTable<State, Event>): State[] {
  return table.states.filter((state) => !table.terminal.includes(state) && !table.resting.includes(state));
}
