import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { replaceFile } from '@lianpiao/shared/crypto/durable-file';

export const DEFAULT_PORTS = {
  hub: 8080,
  broker: 8883,
  desk: 8300,
  hangzhou: 8101,
  shaoxing: 8102,
  jiaxing: 8103,
  kiosk: 8201,
} as const;
export type Place = keyof typeof DEFAULT_PORTS;
export type Ports = Readonly<Record<Place, number>>;

/** The ports of the last start where they are free, else the defaults, else the next free ones. Kept in `file`. */
export async function choosePorts(file: string): Promise<Ports> {
  const wanted = { ...DEFAULT_PORTS, ...lastPorts(file) };
  const chosen: Record<string, number> = {};
  for (const [place, port] of Object.entries(wanted)) chosen[place] = await freePort(port, Object.values(chosen));
  await replaceFile(file, JSON.stringify(chosen, null, 2), 0o600);
  return chosen as Ports;
}

/**
 * Free ports for a province that nobody calls by hand, from a random number below the range of outgoing connections: two
 * that start at once do not choose the same.
 */
export async function chooseAnyPorts(): Promise<Ports> {
  const chosen: Record<string, number> = {};
  let port = randomInt(10_000, 30_000);
  for (const place of Object.keys(DEFAULT_PORTS)) {
    port = await freePort(port, []);
    chosen[place] = port++;
  }
  return chosen as Ports;
}

function lastPorts(file: string): Partial<Ports> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>;
  } catch {
    return {};
  }
}

async function freePort(from: number, taken: readonly number[]): Promise<number> {
  for (let port = from; port < from + 200; port += 1) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`没有空闲端口 no free port from ${from} to ${from + 199}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
  });
}
