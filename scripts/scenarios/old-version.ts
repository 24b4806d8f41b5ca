import { registerHooks } from 'node:module';

/**
 * `--import` of this makes a process of the product as it was before the newest minor version: it speaks minor 1 only, and
 * knows no event type that came later. `trip.suspended` counts as such a one, for a type of lane `ev` that it has to park.
 */
const CHANGES: Readonly<Record<string, (source: string) => string>> = {
  'shared/src/protocol/versions.ts': (source) => source.replace(/export const MINOR = \d+;/, 'export const MINOR = 1;'),
  'shared/src/protocol/events.ts': (source) =>
    // What asks for the version of a deleted type came later than such a program: no peer of it knows the type.
    `${source.replace("'since' in event ? event.since : 1", '!event ? 99 : $&')}\nfor (const type of Object.keys(EVENTS)) if (sinceOf(type) > 1 || type === 'trip.suspended') delete EVENTS[type];\n`,
};

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const [, change] = Object.entries(CHANGES).find(([file]) => url.endsWith(file)) ?? [];
    if (!change) return loaded;
    const { source } = loaded;
    return {
      ...loaded,
      source: change(source instanceof Uint8Array ? Buffer.from(source).toString() : String(source)),
    };
  },
});
