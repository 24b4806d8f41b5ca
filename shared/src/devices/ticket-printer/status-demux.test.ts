import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BLOCK_BYTES_MAX, type PrinterSignal, StatusDemux } from './status-demux.ts';

/** One whole message of a printer, and the signal that it must become. */
type Message = { readonly bytes: readonly number[]; readonly signal: PrinterSignal };

const anyByte = fc.integer({ min: 0, max: 255 });
const anyRealtime: fc.Arbitrary<Message> = anyByte
  .map((byte) => (byte & ~0x13) | 0x12)
  .map((byte) => ({ bytes: [byte], signal: { kind: 'realtime', byte } }));
const anyAutomatic: fc.Arbitrary<Message> = fc
  .tuple(anyByte, fc.array(anyByte, { minLength: 3, maxLength: 3 }))
  .map(([first, rest]) => {
    const bytes = [(first & ~0x13) | 0x10, ...rest.map((byte) => byte & ~0x90)];
    return { bytes, signal: { kind: 'automatic', bytes } };
  });
const anyPrinted: fc.Arbitrary<Message> = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 4,
    maxLength: 4,
  })
  .map((processId) => ({
    bytes: [0x37, 0x22, ...[...processId].map((char) => char.charCodeAt(0)), 0],
    signal: { kind: 'printed', processId },
  }));
const anySerial: fc.Arbitrary<Message> = fc
  .array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 20 })
  .map((content) => ({ bytes: [0x5f, ...content, 0], signal: { kind: 'block', bytes: [0x5f, ...content] } }));
const anyMessages = fc.array(fc.oneof(anyRealtime, anyAutomatic, anyPrinted, anySerial), { maxLength: 12 });

function chopped(bytes: readonly number[], cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => Uint8Array.from(bytes.slice(from, places[index] ?? bytes.length)));
}

function signalsOf(chunks: readonly Uint8Array[]): PrinterSignal[] {
  const demux = new StatusDemux();
  return chunks.flatMap((chunk) => demux.push(chunk));
}

it('tells all kinds of answers apart, however they are mixed and chopped', () => {
  fc.assert(
    fc.property(anyMessages, fc.array(fc.nat()), (messages, cuts) => {
      const bytes = messages.flatMap((message) => message.bytes);
      expect(signalsOf(chopped(bytes, cuts))).toEqual(messages.map((message) => message.signal));
    }),
  );
});

it('finds the same answers with XON and XOFF anywhere between their bytes', () => {
  fc.assert(
    fc.property(anyMessages, fc.array(fc.tuple(fc.nat(), fc.boolean())), (messages, flow) => {
      const bytes = messages.flatMap((message) => message.bytes);
      for (const [at, on] of flow) bytes.splice(at % (bytes.length + 1), 0, on ? 0x11 : 0x13);
      const signals = signalsOf([Uint8Array.from(bytes)]);
      expect(signals.filter(({ kind }) => kind !== 'flow')).toEqual(messages.map((message) => message.signal));
      expect(signals.filter(({ kind }) => kind === 'flow')).toHaveLength(flow.length);
    }),
  );
});

it('lets a real-time answer overtake an automatic status', () => {
  expect(signalsOf([Uint8Array.of(0x14, 0x00, 0x16, 0x00, 0x0f)])).toEqual([
    { kind: 'realtime', byte: 0x16 },
    { kind: 'automatic', bytes: [0x14, 0x00, 0x00, 0x0f] },
  ]);
});

it('takes a bare sensor byte only while one is expected', () => {
  const demux = new StatusDemux();
  expect(demux.push(Uint8Array.of(0x0c))).toEqual([{ kind: 'noise', bytes: [0x0c] }]);
  demux.expectSensor();
  expect(demux.push(Uint8Array.of(0x0c, 0x0c))).toEqual([
    { kind: 'sensor', byte: 0x0c },
    { kind: 'noise', bytes: [0x0c] },
  ]);
});

it('reads a process id of a wrong length as a block, never as a confirmation', () => {
  expect(signalsOf([Uint8Array.of(0x37, 0x22, 0x30, 0x30, 0x31, 0)])).toMatchObject([{ kind: 'block' }]);
});

it('gives up a block that does not end and reads on behind it', () => {
  const endless = [0x5f, ...Array<number>(BLOCK_BYTES_MAX + 4).fill(0x41), 0x12];
  expect(signalsOf([Uint8Array.from(endless)]).at(-1)).toEqual({ kind: 'realtime', byte: 0x12 });
});

it('survives any bytes and keeps at most one unfinished message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const demux = new StatusDemux();
      demux.push(bytes);
      // A zero ends every block, and no automatic status is longer than four bytes.
      demux.push(Uint8Array.of(0, 0, 0, 0));
      expect(demux.push(Uint8Array.of(0x12))).toEqual([{ kind: 'realtime', byte: 0x12 }]);
    }),
  );
});
