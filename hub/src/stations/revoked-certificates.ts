import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { replaceFile } from '@lianpiao/shared/crypto/durable-file';

/**
 * The list of certificates that are no longer admitted: `revoked.txt` beside the authority, one a line, serial number
 * first, then whatever an operator wants to remember. Lines that start with `#` are comments. No file: nothing revoked.
 */
export class RevokedCertificates {
  readonly #path: string;
  #serials: ReadonlySet<string> = new Set();
  #stamp = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** Serial number in hexadecimal, in any case, with or without leading zeros. Reads the file again when it has changed. */
  isRevoked(serial: string): boolean {
    this.#refresh();
    return this.#serials.has(canonical(serial));
  }

  #refresh(): void {
    const file = statSync(this.#path, { throwIfNoEntry: false });
    const stamp = file ? `${file.ino} ${file.mtimeMs} ${file.size}` : '';
    if (stamp === this.#stamp) return;
    this.#serials = file ? serialsIn(readFileSync(this.#path, 'utf8')) : new Set();
    this.#stamp = stamp;
  }
}

/** Adds a certificate to the list. The broker closes its connections within seconds. One process at a time writes the list: the hub. */
export async function revokeCertificate(path: string, serial: string, note: string): Promise<void> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '# serial note\n';
    throw error;
  });
  await replaceFile(path, `${known.trimEnd()}\n${canonical(serial)} ${note.replace(/\s+/g, ' ')}\n`, 0o644);
}

function serialsIn(text: string): Set<string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Set(lines.map((line) => canonical(line.trim().split(/\s/)[0]!)));
}

function canonical(serial: string): string {
  return serial
    .toUpperCase()
    .replace(/[^0-9A-F]/g, '')
    .replace(/^0+(?=.)/, '');
}
