import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Press } from '../flow/flow-event.ts';
import { firstState } from '../flow/run-flow.ts';
import { screenApp } from './screen-server.ts';
import type { ScreenFrame } from './screen-view.ts';
import { show } from './show.ts';

const frame: ScreenFrame = {
  station: '湖州总站',
  terminal: '101',
  clock: '12:00',
  today: '20261121',
  pxPerMm: 4,
  help: { zh: '窗口', en: 'counter', phone: null },
};

function aServer() {
  const presses: Press[] = [];
  const kiosk = {
    view: () => show(firstState(), { frame, turn: 0, at: 0 }),
    onView: () => () => undefined,
    press: (_: number, press: Press) => void presses.push(press),
  };
  const app = screenApp({ kiosk, uiFolder: import.meta.dirname, log: () => undefined });
  const post = (body: string, headers: Record<string, string> = {}, host = '127.0.0.1:8201') =>
    app.request(`http://${host}/screen/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  return { app, post, presses };
}

it('takes presses of its own page, and none of a page from elsewhere or under another name', async () => {
  const { post, presses } = aServer();
  const start = JSON.stringify({ turn: 0, press: { type: 'start' } });
  expect((await post(start, { origin: 'http://127.0.0.1:8201' })).status).toBe(204);
  expect((await post(start, { origin: 'http://elsewhere.example' })).status).toBe(403);
  expect((await post(start, {}, 'kiosk.elsewhere.example')).status).toBe(403);
  expect(presses).toEqual([{ type: 'start' }]);
});

it('takes nothing that only a device or the agent may say', async () => {
  const { post, presses } = aServer();
  const card = { type: 'card', idType: 'resident', idNo: '330106199003070014' };
  for (const press of [card, { type: 'papers', papers: [], trouble: null }, { type: 'tick' }]) {
    expect((await post(JSON.stringify({ turn: 0, press }))).status).toBe(422);
  }
  expect(presses).toEqual([]);
});

it('answers any body with yes or no, and lets only known presses in', async () => {
  const { post, presses } = aServer();
  const anyPress = fc.oneof(
    fc.anything(),
    fc.record({
      turn: fc.nat(),
      press: fc.record(
        { type: fc.constantFrom('start', 'digit', 'turn', 'x'), digit: fc.string(), step: fc.integer() },
        { requiredKeys: ['type'] },
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(anyPress, async (body) => {
      expect([204, 413, 422]).toContain((await post(JSON.stringify(body) ?? '')).status);
    }),
    { numRuns: 50 },
  );
  expect(presses.every(({ type }) => ['start', 'digit', 'turn'].includes(type))).toBe(true);
});

it('refuses a body that is longer than any press', async () => {
  const { post } = aServer();
  expect((await post(JSON.stringify({ turn: 0, press: { type: 'start' }, more: 'x'.repeat(2_000) }))).status).toBe(422);
});

it('says how the kiosk is, without a word about a passenger', async () => {
  const { app } = aServer();
  const answer = await app.request('http://127.0.0.1:8201/healthz');
  expect(await answer.json()).toEqual({
    ok: false,
    terminal: '101',
    screen: 'outOfService',
    checks: { agent: 'checking', printer: 'checking', reader: 'checking' },
    hub: true,
  });
});
