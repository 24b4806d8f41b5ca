import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Addresses of two serial lines that are joined back to back, for tests and for simulated serial devices. */
export type SerialPair = {
  readonly near: string;
  readonly far: string;
  /** Pulls the cable. */
  unplug(): void;
  close(): Promise<void>;
};

/** Needs the program socat. Baud rate, parity and flow control are not modelled: any settings talk to any. */
export async function serialPair(): Promise<SerialPair> {
  const folder = await mkdtemp(join(tmpdir(), 'serial-'));
  const [near, far] = [join(folder, 'near'), join(folder, 'far')];
  const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`]);
  const exited = new Promise<void>((resolve) => socat.once('exit', () => resolve()));
  // The lines are there when it says so, not when it was started.
  await new Promise<void>((resolve, reject) => {
    socat.once('error', reject);
    socat.once('exit', () => reject(new Error('socat ended before the lines were joined')));
    socat.stderr.on('data', (line) => {
      if (String(line).includes('starting data transfer')) resolve();
    });
  });
  return {
    near: `serial://${near}?baud=115200`,
    far: `serial://${far}?baud=115200`,
    unplug: () => void socat.kill(),
    close: async () => {
      socat.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
