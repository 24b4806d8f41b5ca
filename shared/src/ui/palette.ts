import { type Command, capsOf, keysOf } from './keys.ts';

/**
 * Commands that fit what was typed: Chinese characters, pinyin initials, English words, the name or the key itself.
 * Better fits come first; among equals the order of the list stays. Nothing typed gives all.
 */
export function searchCommands<State, Desk>(
  commands: readonly Command<State, Desk>[],
  query: string,
): Command<State, Desk>[] {
  const wanted = query.trim().toLowerCase();
  const listed = commands.filter((command) => command.shown !== 'typing');
  if (wanted === '') return listed;
  return listed
    .map((command, place) => ({ command, place, fit: fitOf(command, wanted) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || a.place - b.place)
    .map(({ command }) => command);
}

function fitOf<State, Desk>(command: Command<State, Desk>, wanted: string): number {
  const english = command.en.toLowerCase();
  if (keysOf(command).some((key) => key.toLowerCase() === wanted) || capsOf(command).toLowerCase() === wanted) return 6;
  if (command.initials === wanted) return 5;
  if (command.zh.startsWith(wanted) || english.startsWith(wanted)) return 4;
  if (command.initials?.startsWith(wanted)) return 3;
  if (command.zh.includes(wanted) || english.split(/\W+/).some((word) => word.startsWith(wanted))) return 2;
  return command.name.toLowerCase().includes(wanted) ? 1 : 0;
}
