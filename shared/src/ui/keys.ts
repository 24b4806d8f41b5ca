import type { Language } from './format.ts';
import type { Gaps } from './i18n.ts';

/**
 * Keys and what they do. A screen is a list of commands; its buttons, key bar, help and palette are made from that list,
 * so a key cannot do one thing and say another. No browser types here: a key press is described by what we read of it.
 */

/** What is read of a `KeyboardEvent`. */
export type KeyPress = {
  readonly key: string;
  readonly code: string;
  readonly location: number;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
};

/**
 * A key as a command names it: `Enter`, `Esc`, `Up`, `PgDn`, `F8`, `Alt+N`, `Ctrl+K`, `+`, `j`, `7`, or a class of keys:
 * `letters` (a to z), `digits` (0 to 9), `digits:1-5`.
 */
export type Key = string;

/** How a command reads while it can run: a text of the catalogue and what fills it. */
export type Label = { readonly key: string; readonly gaps?: Gaps };

/**
 * One thing that a person can do on a screen.
 *
 * `can` is true, or the catalogue key of the reason why not (shown in the palette and when the key is pressed all the same);
 * `false` hides the command from the key bar. `commits` marks what moves money or paper: it never runs on a repeating key.
 */
export type Command<State, Desk> = {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  /** Pinyin initials of `zh`, for the palette. */
  readonly initials?: string;
  readonly key: Key | readonly Key[];
  readonly can?: (state: State) => boolean | string;
  /** Says what will happen now, with number or amount; `zh` and `en` say it in general. */
  readonly now?: (state: State) => Label;
  readonly run: (desk: Desk, pressed: string) => void | Promise<void>;
  readonly commits?: true;
  /** `bar`: shown in the key bar while possible (default); `help`: only in help and palette; `typing`: keys that write, only in help. */
  readonly shown?: 'bar' | 'help' | 'typing';
};

const NAMES: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Insert: 'Ins',
  Delete: 'Del',
  ' ': 'Space',
};
const CAPS: Readonly<Record<string, string>> = {
  Enter: '⏎',
  Up: '↑',
  Down: '↓',
  Left: '←',
  Right: '→',
  Backspace: '⌫',
  letters: 'A–Z',
  digits: '0–9',
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const NUMERIC_PAD = 3;

/**
 * The name of a pressed key, or null for one that belongs to the input method. Alt and Ctrl are part of the name;
 * shift is not, because `+` and `*` need it on some keyboards. A pad key with NumLock off is read as its digit.
 */
export function keyName(press: KeyPress): string | null {
  if (press.isComposing || press.keyCode === 229) return null;
  const padDigit = /^Numpad(\d)$/.exec(press.code)?.[1];
  if (press.location === NUMERIC_PAD && padDigit !== undefined && press.key.length > 1 && !press.altKey)
    return padDigit;
  if (press.location === NUMERIC_PAD && press.code === 'NumpadDecimal') return '.';
  const plain = NAMES[press.key] ?? (press.key.length === 1 ? press.key.toLowerCase() : press.key);
  // With Alt some systems give another character than the one on the key: the key's place counts.
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  if (press.altKey) return `Alt+${letter ?? plain.toUpperCase()}`;
  if (press.ctrlKey || press.metaKey) return `Ctrl+${letter ?? plain.toUpperCase()}`;
  return plain;
}

/** True when a pad key came with NumLock off; the strip says so. */
export function numLockIsOff(press: KeyPress): boolean {
  return press.location === NUMERIC_PAD && /^Numpad\d$/.test(press.code) && press.key.length > 1;
}

/** The single keys that a key or class of keys stands for. */
export function singleKeys(key: Key): readonly string[] {
  if (key === 'letters') return [...LETTERS];
  if (key === 'digits') return [...DIGITS];
  const range = /^digits:(\d)-(\d)$/.exec(key);
  if (range) return [...DIGITS].filter((digit) => digit >= range[1]! && digit <= range[2]!);
  return [key];
}

export function keysOf(command: { readonly key: Key | readonly Key[] }): readonly Key[] {
  return typeof command.key === 'string' ? [command.key] : command.key;
}

/** The command of the list that a pressed key belongs to. */
export function commandFor<State, Desk>(
  commands: readonly Command<State, Desk>[],
  pressed: string,
): Command<State, Desk> | null {
  return commands.find((command) => keysOf(command).some((key) => singleKeys(key).includes(pressed))) ?? null;
}

/** Keys that more than one command of the list claims, as `key: name, name`. Empty on every screen; a test says so. */
export function clashes(commands: readonly { readonly name: string; readonly key: Key | readonly Key[] }[]): string[] {
  const owners = new Map<string, string[]>();
  for (const command of commands)
    for (const key of new Set(keysOf(command).flatMap(singleKeys)))
      owners.set(key, [...(owners.get(key) ?? []), command.name]);
  return [...owners].filter(([, names]) => names.length > 1).map(([key, names]) => `${key}: ${names.join(', ')}`);
}

/** True when the command can run; a reason or false means no. */
export function possible<State, Desk>(command: Command<State, Desk>, state: State): boolean {
  return command.can === undefined || command.can(state) === true;
}

/** Why the command cannot run: a catalogue key, or null when it can or gives no reason. */
export function reasonAgainst<State, Desk>(command: Command<State, Desk>, state: State): string | null {
  const answer = command.can?.(state);
  return typeof answer === 'string' ? answer : null;
}

/** True for the next step: Enter, and the key that commits. */
function leads(command: { readonly key: Key | readonly Key[]; readonly commits?: true }): boolean {
  return keysOf(command).includes('Enter') || (keysOf(command).includes('+') && command.commits === true);
}

/** What the key bar shows: what is possible now, Enter's command first, then what commits, at most `max`. */
export function barOf<State, Desk>(
  commands: readonly Command<State, Desk>[],
  state: State,
  max: number,
): Command<State, Desk>[] {
  const now = commands.filter((command) => (command.shown ?? 'bar') === 'bar' && possible(command, state));
  const rank = (command: Command<State, Desk>) => (keysOf(command).includes('Enter') ? 0 : leads(command) ? 1 : 2);
  return now.sort((a, b) => rank(a) - rank(b)).slice(0, max);
}

/** The cap of a key as it is printed: `⏎`, `↑`, `1–5`, `Alt+N`. */
export function capOf(key: Key): string {
  const range = /^digits:(\d)-(\d)$/.exec(key);
  if (range) return range[1] === range[2] ? range[1]! : `${range[1]}–${range[2]}`;
  return CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

const ARROWS: ReadonlySet<Key> = new Set(['Up', 'Down', 'Left', 'Right']);

/** All caps of a command, for help. */
export function capsOf(command: { readonly key: Key | readonly Key[] }): string {
  return keysOf(command).map(capOf).join(' ');
}

/** The cap that a key bar shows: arrows together, of other keys the first. */
export function shortCapOf(command: { readonly key: Key | readonly Key[] }): string {
  const keys = keysOf(command);
  return keys.every((key) => ARROWS.has(key)) ? keys.map(capOf).join('') : capOf(keys[0]!);
}

/** A command as a part draws it: text in the language of the moment, and why it cannot run now. */
export type CommandRow = {
  readonly name: string;
  readonly caps: string;
  readonly cap: string;
  readonly label: string;
  readonly primary: boolean;
  readonly possible: boolean;
  readonly reason: string | null;
};

/** The row of a command; `words` is the surface's catalogue. */
export function rowOf<State, Desk>(
  command: Command<State, Desk>,
  state: State,
  words: { readonly language: { readonly value: Language }; find(key: string, gaps?: Gaps): string | null },
): CommandRow {
  const can = possible(command, state);
  const now = can ? command.now?.(state) : undefined;
  const reason = reasonAgainst(command, state);
  return {
    name: command.name,
    caps: capsOf(command),
    cap: shortCapOf(command),
    label: (now && words.find(now.key, now.gaps)) ?? command[words.language.value],
    primary: leads(command),
    possible: can,
    reason: reason === null ? null : (words.find(reason) ?? reason),
  };
}
