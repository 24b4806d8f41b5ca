import { useWords } from '@lianpiao/shared/ui/i18n';
import { type ComputedRef, computed, type InjectionKey, inject } from 'vue';
import type { Counter } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { type Mode, modeOf } from './screens.ts';

export const DESK: InjectionKey<Desk> = Symbol('desk');

/** What a screen draws from: the state, its mode, and the words. */
export function useCounter(): { desk: Desk; state: ComputedRef<Counter>; mode: ComputedRef<Mode> } & ReturnType<
  typeof useWords
> {
  const desk = inject(DESK);
  if (!desk) throw new Error('no desk: the page must provide one');
  const state = computed(() => desk.ref.value);
  return { desk, state, mode: computed(() => modeOf(state.value)), ...useWords() };
}
