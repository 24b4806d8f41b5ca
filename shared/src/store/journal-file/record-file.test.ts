import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordFile, readRecordFile } from './record-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-records-'));
  path = join(folder, 'a.rows');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (payloads: readonly Uint8Array[]) => {
  const file = new RecordFile(path);
  for (const payload of payloads) file.append(payload);
  file.sync();
  file.close();
};
const texts = () => readRecordFile(path).payloads.map(String);
const anyPayloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });

it('gives back what was appended, also after a tail was torn off anywhere, and goes on behind it', () => {
  fc.assert(
    fc.property(anyPayloads, fc.double({ min: 0, max: 1, noNaN: true }), (payloads, cut) => {
      rmSync(path, { force: true });
      write(payloads);
      const length = readFileSync(path).length;
      truncateSync(path, Math.floor(length * cut));
      const { payloads: left, tornBytes } = readRecordFile(path);
      expect(left.map(String)).toEqual(payloads.slice(0, left.length).map((each) => String(Buffer.from(each))));
      const whole = left.reduce((sum, each) => sum + 36 + each.length, 0);
      expect(tornBytes).toBe(Math.floor(length * cut) - whole);
      write([Buffer.from('behind')]);
      expect(texts()).toEqual([...left.map(String), 'behind']);
    }),
    { numRuns: 60 },
  );
});

it('believes nothing from the first changed byte on, whichever it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      (payloads, at) => {
        rmSync(path, { force: true });
        write(payloads);
        const bytes = readFileSync(path);
        const where = at % bytes.length;
        bytes[where]! ^= 1;
        writeFileSync(path, bytes);
        let end = 0;
        const before = payloads.filter((each) => {
          end += 36 + each.length;
          return end <= where;
        });
        expect(readRecordFile(path).payloads).toHaveLength(before.length);
      },
    ),
    { numRuns: 60 },
  );
});

it('reads any rubbish as nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (rubbish) => {
      writeFileSync(path, rubbish);
      expect(readRecordFile(path)).toEqual({ payloads: [], tornBytes: rubbish.length });
    }),
    { numRuns: 60 },
  );
  write([Buffer.from('good')]);
  appendFileSync(path, Buffer.alloc(36, 0xff));
  expect(texts()).toEqual(['good']);
});
