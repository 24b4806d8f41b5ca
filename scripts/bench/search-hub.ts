import { channelRoutes } from '@lianpiao/hub/api/channel-routes';
import { TripSearch } from '@lianpiao/hub/inventory/trip-search';
import { freshHub } from '@lianpiao/hub/testing/fresh-hub';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { listen } from '@lianpiao/shared/http/listen';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { publishTrips } from './province-of-trips.ts';

/** The hub of `npm run bench -- search` in a process of its own: its channel interface over a database full of trips. */
export type SearchHubArgs = { readonly trips: number; readonly tokens: readonly string[] };
export type SearchHubReady = { readonly address: string; readonly trips: number; readonly loadMs: number };

const { trips, tokens } = JSON.parse(process.argv[2]!) as SearchHubArgs;
const hub = await freshHub();
await publishTrips(hub.store, trips);
const channel = {
  name: '示例网站',
  kind: 'web',
  state: 'open',
  feeBasisPoints: 0,
  callsPerMinute: 1e9,
};
await hub.store.transaction(async (tx) => {
  for (const [index, token] of tokens.entries())
    await tx.db
      .insert(tx.t.channels)
      .values({ ...channel, id: `web-${index}`, terminal: String(index).padStart(3, '0'), tokenHash: sm3Hex(token) });
});
const search = new TripSearch(hub.store);
const startedAt = performance.now();
await search.load(hub.clock.now());
const loadMs = Math.round(performance.now() - startedAt);
const failed = (cause: unknown) => console.error(cause);
const app = openApiApp(failed);
const first = channelRoutes(app, { hub, search, log: failed });
const { address } = await listen(app.fetch, '127.0.0.1', 0, first);
process.send!({ address, trips: search.size, loadMs } satisfies SearchHubReady);
process.once('disconnect', () => void hub.end().then(() => process.exit(0)));
