import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSecretFile } from './secret-file.ts';

describe('a secret file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secret-'));
  });

  it('is made once, at random, for its owner alone, and read from then on', async () => {
    const path = join(folder, 'keys', 'master.key');
    const secret = await openSecretFile(path);
    expect(secret).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await openSecretFile(path)).toEqual(secret);
    expect(await openSecretFile(join(folder, 'other.key'))).not.toEqual(secret);
  });

  it('is the same for all who ask at the same time, and no draft stays behind', async () => {
    const path = join(folder, 'master.key');
    const secrets = await Promise.all(Array.from({ length: 20 }, () => openSecretFile(path)));
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['master.key']);
  });

  it('is not used when others may read it, and never replaced when it is damaged', async () => {
    const path = join(folder, 'master.key');
    await openSecretFile(path);
    await chmod(path, 0o644);
    await expect(openSecretFile(path)).rejects.toMatchObject({ code: 'secret.exposed' });
    await chmod(path, 0o600);
    await writeFile(path, 'half a secr');
    await expect(openSecretFile(path)).rejects.toMatchObject({ code: 'secret.damaged' });
    expect(await readFile(path, 'utf8')).toBe('half a secr');
  });
});
