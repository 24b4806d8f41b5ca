import { type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Problem } from '@lianpiao/shared/protocol/ticketing';
import type { Gaps, Words } from '@lianpiao/shared/ui/i18n';
import { type ShallowRef, shallowRef } from 'vue';
import type { Answer, Api } from './api.ts';
import { type Counter, freshCounter, todayOf } from './counter-state.ts';
import { nextSale, type SaleEvent } from './sale/sale-state.ts';

/** What commands work with: the state, the ways to change it, and the agent. */
export type Desk = {
  readonly api: Api;
  readonly words: Words;
  readonly ref: ShallowRef<Counter>;
  state(): Counter;
  change(patch: Partial<Counter>): void;
  sale(event: SaleEvent): void;
  /** Shows a problem over the middle of the screen; amount and passengers stay in sight. */
  fail(problem: Pick<Problem, 'code'> & Partial<Problem>): void;
  /** The value of an answer, or null after its problem was shown. */
  got<Value>(answer: Answer<Value>): Value | null;
  note(key: string, gaps?: Gaps): void;
  /** Runs a command of the open screen by its name, as its key would. */
  run(name: string): void | Promise<void>;
  /** The station's time now, finer than the second on the screen. */
  now(): number;
  today(): ServiceDate;
  /** Takes the agent's word for what time it is. */
  setTime(agentNow: number): void;
};

export type DeskParts = {
  readonly api: Api;
  readonly words: Words;
  /** The number of this window, remembered by the page. */
  readonly counter: string;
  /** The page's stopwatch. */
  readonly monotonic: () => number;
  /** The machine's clock, believed until the agent has said what time it is. */
  readonly wall: () => number;
  readonly run: (desk: Desk, name: string) => void | Promise<void>;
};

/** One desk a page. */
export function openDesk({ api, words, counter, monotonic, wall, run }: DeskParts): Desk {
  let offset = wall() - monotonic();
  const now = () => monotonic() + offset;
  const ref = shallowRef(freshCounter(serviceDateOf(now(), 'Asia/Shanghai'), counter, now()));
  const change = (patch: Partial<Counter>) => {
    ref.value = { ...ref.value, ...patch };
  };
  const fail: Desk['fail'] = (problem) =>
    change({ problem: { problem: { type: 'about:blank', title: '', status: 409, ...problem }, at: now() } });
  const desk: Desk = {
    api,
    words,
    ref,
    change,
    fail,
    now,
    state: () => ref.value,
    today: () => todayOf({ ...ref.value, now: now() }),
    setTime: (agentNow) => {
      offset = agentNow - monotonic();
    },
    sale: (event) => change({ sale: nextSale(ref.value.sale, event) }),
    note: (key, gaps) => change({ note: gaps ? { key, gaps } : { key } }),
    got: (answer) => {
      if (answer.ok) return answer.value;
      fail(answer.problem);
      return null;
    },
    run: (name) => run(desk, name),
  };
  return desk;
}
