import type { Problem } from '@lianpiao/shared/protocol/ticketing';
import { inject, onScopeDispose, type Ref, shallowRef, watch } from 'vue';
import type { Answer } from './api.ts';
import { OFFICE } from './use-console.ts';

/** What a panel shows: the newest answer, kept while a newer one cannot be had, and why it cannot. */
export type Feed<Value> = {
  readonly value: Readonly<Ref<Value | null>>;
  readonly problem: Readonly<Ref<Problem | null>>;
  /** When the value came, by the clock of the office; null before the first. */
  readonly cameAt: Readonly<Ref<number | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  again(): Promise<void>;
};

/**
 * Asks at once, whenever `question` changes, and every `everyMs` while the page can be seen. An answer to an earlier question
 * is dropped. A new question takes the old answer off the screen unless `keep` says that it is the same view.
 */
export function useFeed<Question, Value>(
  question: () => Question,
  ask: (question: Question) => Promise<Answer<Value>>,
  { everyMs, keep = false }: { readonly everyMs?: number; readonly keep?: boolean } = {},
): Feed<Value> {
  const office = inject(OFFICE);
  const value = shallowRef<Value | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const cameAt = shallowRef<number | null>(null);
  const busy = shallowRef(false);
  let turn = 0;

  async function again(): Promise<void> {
    turn += 1;
    const mine = turn;
    busy.value = true;
    const answer = await ask(question());
    if (mine !== turn) return;
    busy.value = false;
    if (answer.ok) {
      value.value = answer.value;
      problem.value = null;
      cameAt.value = office?.now.value ?? Date.now();
    } else problem.value = answer.problem;
  }

  watch(
    () => JSON.stringify(question()),
    () => {
      if (!keep) value.value = null;
      void again();
    },
    { immediate: true },
  );
  if (everyMs !== undefined) {
    const timer = setInterval(() => {
      if (!busy.value && document.visibilityState === 'visible') void again();
    }, everyMs);
    onScopeDispose(() => clearInterval(timer));
  }
  onScopeDispose(() => {
    turn += 1;
  });
  return { value, problem, cameAt, busy, again };
}
