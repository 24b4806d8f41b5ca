import type { Transport } from '../../transport/transport.ts';
import { encodeFrame, SamFrameReader } from '../frames.ts';
import { photoPage, type SimulatedCard, textPage } from './simulated-card.ts';

/** Every way in which the simulated reader can misbehave, with what a trainer reads on the button. */
export const ID_READER_FAULTS = {
  none: { zh: '正常', en: 'works' },
  silent: { zh: '不应答', en: 'does not answer' },
  'bad-checksum': { zh: '校验错', en: 'wrong checksums' },
  noise: { zh: '线路杂音', en: 'noise on the line' },
  drip: { zh: '逐字节发送', en: 'sends byte by byte' },
  'half-frame': { zh: '只发半帧', en: 'sends half frames' },
  'auth-failed': { zh: '读卡认证失败', en: 'card cannot be authenticated' },
  'sam-fault': { zh: '安全模块故障', en: 'security module broken' },
} as const;

export type IdReaderFault = keyof typeof ID_READER_FAULTS;

export function isIdReaderFault(name: string): name is IdReaderFault {
  return Object.hasOwn(ID_READER_FAULTS, name);
}

export type SimulatedIdReader = {
  readonly id: string;
  /** Takes the reader's end of a line. */
  attach(transport: Transport): void;
  /** Lays a card down, in place of the one that lies there. */
  place(card: SimulatedCard): void;
  lift(): void;
  /** The card that lies there. */
  card(): SimulatedCard | null;
  misbehave(fault: IdReaderFault): void;
  fault(): IdReaderFault;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};

/** Where the dialogue about the card stands. A card that was read is not offered again until it was lifted. */
type Stage = 'idle' | 'found' | 'selected' | 'read';

export function simulatedIdReader(id: string): SimulatedIdReader {
  const transports = new Set<Transport>();
  const listeners = new Set<() => void>();
  let card: SimulatedCard | null = null;
  let stage: Stage = 'idle';
  let fault: IdReaderFault = 'none';

  const changed = () => {
    for (const listener of listeners) listener();
  };

  /** The reply to a request as status bytes and data, or null for something that a reader does not answer. */
  function replyTo(request: Uint8Array): number[] | null {
    const command = (request[0]! << 8) | (request[1] ?? 0);
    if (fault === 'sam-fault') return [0, 0, 0x66];
    if (command === 0x11ff || command === 0x10ff) return [0, 0, 0x90];
    if (command === 0x2001) {
      if (card === null || stage === 'read') return [0, 0, 0x80];
      stage = 'found';
      return [0, 0, 0x9f, 0, 0, 0, 0];
    }
    if (command === 0x2002) {
      if (stage !== 'found') return [0, 0, 0x81];
      stage = 'selected';
      return [0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0];
    }
    if (command === 0x3001) return read();
    return request.length < 2 ? null : [0, 0, 0x21];
  }

  function read(): number[] {
    if (card === null || stage !== 'selected') return [0, 0, 0x41];
    if (fault === 'auth-failed') {
      stage = 'idle';
      return [0, 0, 0x31];
    }
    stage = 'read';
    return [0, 0, 0x90, 0x01, 0x00, 0x04, 0x00, ...textPage(card), ...photoPage()];
  }

  async function answer(transport: Transport, request: Uint8Array): Promise<void> {
    if (fault === 'silent') return;
    const reply = replyTo(request);
    if (!reply) return;
    const frame = encodeFrame(Uint8Array.from(reply));
    if (fault === 'bad-checksum') frame[frame.length - 1]! ^= 0x5a;
    if (fault === 'noise') await transport.write(Uint8Array.of(0xff, 0x00, 0xaa, 0xaa, 0x13));
    if (fault === 'half-frame') return transport.write(frame.subarray(0, frame.length >> 1));
    if (fault !== 'drip') return transport.write(frame);
    for (const byte of frame) await transport.write(Uint8Array.of(byte));
  }

  return {
    id,
    attach: (transport) => {
      const requests = new SamFrameReader();
      transports.add(transport);
      transport.onClose(() => transports.delete(transport));
      transport.onData((bytes) => {
        for (const frame of requests.push(bytes)) {
          // A host that hung up does not hear the rest.
          if (frame.kind === 'frame') answer(transport, frame.body).catch(() => undefined);
        }
      });
    },
    place: (next) => {
      card = next;
      stage = 'idle';
      changed();
    },
    lift: () => {
      card = null;
      stage = 'idle';
      changed();
    },
    card: () => card,
    misbehave: (next) => {
      fault = next;
      changed();
    },
    fault: () => fault,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await Promise.all([...transports].map((transport) => transport.close()));
    },
  };
}
