import { computed, type InjectionKey, inject, type Ref, ref } from 'vue';
import type { Language } from './format.ts';

/** What goes into the gaps of a text. */
export type Gaps = Readonly<Record<string, string | number>>;

/** The texts of a screen in the language of the moment. `t` is reactive: a part that calls it follows the switch. */
export type Words = {
  readonly language: Readonly<Ref<Language>>;
  readonly t: (key: string, gaps?: Gaps) => string;
  /** The text of a key that comes from data (an error code, a state), or null where the catalogue has none. */
  readonly find: (key: string, gaps?: Gaps) => string | null;
  readonly speak: (language: Language) => void;
};

/** One text per key and language. Both languages have the same keys, and every key is used: a test holds them to it. */
export type Catalogue = Readonly<Record<Language, Readonly<Record<string, string>>>>;

/**
 * Puts values into a text: `{n}` is the value, `{n|ticket|tickets}` the word for one or for several of it.
 * A gap without a value stays visible: a hole in a sentence would be read past.
 */
export function fill(text: string, gaps: Gaps = {}): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = gaps[name];
    if (value === undefined) return whole;
    if (one === undefined) return String(value);
    return Number(value) === 1 ? one : (many ?? one);
  });
}

/** Names of the gaps of a text, each once. */
export function gapsOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]!))];
}

/** The words of one surface: shared catalogue and its own in one object, so that a text has one source. */
export function makeWords(catalogue: Catalogue, first: Language): Words {
  const language = ref<Language>(first);
  const texts = computed(() => catalogue[language.value]);
  const find = (key: string, gaps?: Gaps) => {
    const text = texts.value[key];
    return text === undefined ? null : fill(text, gaps);
  };
  return {
    language,
    find,
    t: (key, gaps) => find(key, gaps) ?? key,
    speak: (next) => {
      language.value = next;
    },
  };
}

const WORDS: InjectionKey<Words> = Symbol('words');

/** `app.use(wordsOf(words))` makes the words reachable for every part below, the shared ones included. */
export function wordsOf(words: Words): { install(app: { provide(key: typeof WORDS, value: Words): unknown }): void } {
  return { install: (app) => void app.provide(WORDS, words) };
}

/** The words of the surface that a part is shown on. */
export function useWords(): Words {
  const words = inject(WORDS);
  if (!words) throw new Error('no words: the surface must call app.use(wordsOf(…)) first');
  return words;
}
