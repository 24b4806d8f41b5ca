import * as real from 'node:fs';
import { currentLife } from './life.ts';

/** `node:fs` of the product under simulation, as it is: but files that a process has open are closed with its end. */
export const {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} = real;

const open = new Set<number>();

export function openSync(path: string, flags: string, mode?: number): number {
  const file = real.openSync(path, flags, mode);
  open.add(file);
  currentLife()?.onEnd(() => {
    if (open.has(file)) closeSync(file);
  });
  return file;
}

export function closeSync(file: number): void {
  open.delete(file);
  real.closeSync(file);
}

/** No power is cut here: what was written stays. */
export function fdatasync(_file: number, done: (cause: Error | null) => void): void {
  done(null);
}

export function fsyncSync(file: number): void {
  if (!open.has(file)) throw new Error('this file is not open');
}
