import { type ExecutableActionsFrom, initialTransition, transition } from 'xstate';
import { type Effect, flow } from './flow.ts';
import type { FlowEvent } from './flow-event.ts';

export type FlowState = ReturnType<typeof initialTransition<typeof flow>>[0];

/** The state of a kiosk that has just been switched on. */
export function firstState(): FlowState {
  return initialTransition(flow)[0];
}

/** One step: the next state, and what is to be done outside. The same state and event always give the same. */
export function step(
  state: FlowState,
  event: FlowEvent,
): { readonly state: FlowState; readonly effects: readonly Effect[] } {
  const [next, actions] = transition(flow, state, event);
  return { state: next, effects: actions.flatMap(effectOf) };
}

function effectOf(action: ExecutableActionsFrom<typeof flow>): Effect[] {
  return action.type === 'find' || action.type === 'claim' || action.type === 'withdraw'
    ? [{ type: action.type, params: action.params } as Effect]
    : [];
}
