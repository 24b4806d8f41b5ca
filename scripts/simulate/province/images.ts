import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { closeConnections } from '../world/connections.ts';
import { Life } from '../world/life.ts';

export type Images = { readonly hub: Buffer; readonly station: Buffer };

let made: Promise<Images> | undefined;

/** Empty databases with all tables, made once a process: a run begins with copies of them. */
export function images(folder: string): Promise<Images> {
  made ??= makeImages(folder);
  return made;
}

async function makeImages(folder: string): Promise<Images> {
  const hub = await imageOf(join(folder, 'image-hub.sqlite'), openHubStore);
  return { hub, station: await imageOf(join(folder, 'image-station.sqlite'), openAgentStore) };
}

async function imageOf(file: string, open: (file: string) => Promise<unknown>): Promise<Buffer> {
  const life = new Life('image');
  await life.run(() => open(file));
  life.kill();
  closeConnections(file);
  return readFileSync(file);
}
