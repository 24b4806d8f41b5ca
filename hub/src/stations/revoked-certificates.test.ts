import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RevokedCertificates, revokeCertificate } from './revoked-certificates.ts';

it('notices each change of the list, however the serial number is written', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'revoked-')), 'revoked.txt');
  const revoked = new RevokedCertificates(path);
  expect(revoked.isRevoked('4AB0')).toBe(false);
  await revokeCertificate(path, '4ab0', '330100001 laptop\nstolen');
  await revokeCertificate(path, '0077', '330600001 replaced');
  expect(revoked.isRevoked('4AB0')).toBe(true);
  expect(revoked.isRevoked('004ab0')).toBe(true);
  expect(revoked.isRevoked('77')).toBe(true);
  expect(revoked.isRevoked('7')).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('# serial note\n4AB0 330100001 laptop stolen\n77 330600001 replaced\n');
  await writeFile(path, '# nothing but a comment\n\n');
  expect(revoked.isRevoked('4AB0')).toBe(false);
  await rm(path);
  expect(revoked.isRevoked('77')).toBe(false);
});
