import { copyFileSync, cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { agentApp } from '@lianpiao/agent/api/app';
import { agentConfig } from '@lianpiao/agent/config';
import { readStops } from '@lianpiao/agent/legacy/stop-directory';
import { type FirstCredentials, firstCredentials } from '@lianpiao/agent/shifts/first-credentials';
import { freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { followSource } from '@lianpiao/agent/trips/follow-source';
import { createSm2KeyPair, sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import { NOON } from '@lianpiao/shared/testing/builders';

const FIXTURES = resolve(import.meta.dirname, '../../../agent/fixtures');
/** Files that nobody is writing any more. */
const LONG_AGO = Date.UTC(2020, 0, 1) / 1000;

/** A station on its fixture's source in a folder of its own, with its whole HTTP interface and nothing plugged in. */
export async function aStation(fixture: 'hangzhou' | 'shaoxing') {
  const agent = await freshAgent(fixture === 'hangzhou' ? '330100001' : '330600001');
  const at = (...path: string[]) => join(agent.folder, ...path);
  const clock = { at: NOON, now: () => clock.at };
  const source =
    fixture === 'hangzhou'
      ? { kind: 'file-drop', folder: 'drop', mapping: 'mapping.json' }
      : { kind: 'gtfs', path: 'gtfs' };
  copyFileSync(join(FIXTURES, 'stops.json'), at('stops.json'));
  cpSync(join(FIXTURES, fixture), agent.folder, { recursive: true, preserveTimestamps: true });
  const config = agentConfig.parse({
    hub: { url: 'http://127.0.0.1:8080' },
    stops: 'stops.json',
    source,
    windowDays: 2,
  });
  const watch = await followSource(
    agent,
    config,
    agent.folder,
    clock,
    readStops(readFileSync(at('stops.json'), 'utf8')),
  );

  await firstCredentials(agent, agent.folder);
  const { adapter } = JSON.parse(readFileSync(at('first-credentials.json'), 'utf8')) as FirstCredentials;
  const keys = createSm2KeyPair();
  const signer = { keyNo: 1, sign: (text: string) => sm2Sign(text, keys) };
  const link = {
    request: async () => refuse({ code: 'link.offline' }),
    state: () => ({ online: false, lastWordAt: null, queued: 0, stopped: null }),
  };
  mkdirSync(at('ui'), { recursive: true });
  const app = agentApp({
    desk: { agent, clock, link, paper: paperMaker(signer, { name: fixture }, (seller) => seller) },
    devices: {
      printer: () => ({ state: 'none' }),
      reader: () => ({ state: 'none' }),
      watchCards: () => () => undefined,
      wakePrinter: () => undefined,
    },
    source: watch,
    uiFolder: at('ui'),
    log: () => undefined,
  });
  return {
    agent,
    app,
    clock,
    watch,
    token: adapter.token,
    /** Another program puts a file there, whole. */
    put: (path: string, content: string | Uint8Array) => {
      writeFileSync(at(path), content);
      utimesSync(at(path), LONG_AGO, LONG_AGO);
    },
    read: (path: string) => readFileSync(at(path)),
    at,
  };
}
export type AStation = Awaited<ReturnType<typeof aStation>>;
