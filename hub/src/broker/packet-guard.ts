import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';

/**
 * Follows the packet boundaries of what a client sends, before the broker sees a byte of it (station-link: security).
 *
 *   packet type and flags (1) | length of the rest, 7 bits a byte, low first (1 … 4) | rest
 *
 * aedes buffers whatever length a header announces, even before CONNECT. Here the header alone decides, so that nobody
 * makes the broker hold more than one packet of the allowed size.
 */
export type GuardRefusal = {
  readonly code: 'broker.not-mqtt' | 'broker.packet-not-allowed' | 'broker.packet-too-long' | 'broker.length-malformed';
};

/** Bytes of a CONNECT with its will, header included. */
export const CONNECT_BYTES_MAX = 4 * 1024;
/** Bytes of a PUBLISH, header included: a payload of 64 KiB and room. */
export const PUBLISH_BYTES_MAX = 80 * 1024;
const FILTERS_BYTES_MAX = 4 * 1024;

const CONNECT = 0x10;

/** Longest packet by first byte; 0 is not allowed. MQTT 3.1.1 from a client, without QoS 2 and its acknowledgements. */
const BYTES_MAX = new Uint32Array(256);
BYTES_MAX[CONNECT] = CONNECT_BYTES_MAX;
for (const publish of [0x30, 0x31, 0x32, 0x33, 0x3a, 0x3b]) BYTES_MAX[publish] = PUBLISH_BYTES_MAX;
BYTES_MAX[0x40] = 4; // PUBACK
BYTES_MAX[0x82] = FILTERS_BYTES_MAX; // SUBSCRIBE
BYTES_MAX[0xa2] = FILTERS_BYTES_MAX; // UNSUBSCRIBE
BYTES_MAX[0xc0] = 2; // PINGREQ
BYTES_MAX[0xe0] = 2; // DISCONNECT

export class PacketGuard {
  #connected = false;
  #stage: 'type' | 'length' | 'rest' = 'type';
  #bytesMax = 0;
  #lengthBytes = 0;
  #left = 0;

  /** Looks at the next bytes and tells how many packets began in them. After a refusal the connection must be closed. */
  take(chunk: Uint8Array): Outcome<number, GuardRefusal> {
    let began = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.#stage === 'rest') {
        const step = Math.min(this.#left, chunk.length - at);
        at += step;
        this.#left -= step;
        if (this.#left === 0) this.#stage = 'type';
        continue;
      }
      const byte = chunk[at]!;
      at += 1;
      const refusal = this.#stage === 'type' ? this.#beginPacket(byte) : this.#addLength(byte);
      if (refusal) return refuse(refusal);
      if (this.#stage === 'length' && this.#lengthBytes === 0) began += 1;
    }
    return done(began);
  }

  #beginPacket(byte: number): GuardRefusal | undefined {
    if (!this.#connected && byte !== CONNECT) return { code: 'broker.not-mqtt' };
    // A second CONNECT is a protocol error, and a way to change the client id after the check.
    if (this.#connected && byte === CONNECT) return { code: 'broker.packet-not-allowed' };
    if (BYTES_MAX[byte] === 0) return { code: 'broker.packet-not-allowed' };
    this.#connected = true;
    this.#stage = 'length';
    this.#bytesMax = BYTES_MAX[byte]!;
    this.#lengthBytes = 0;
    this.#left = 0;
    return undefined;
  }

  #addLength(byte: number): GuardRefusal | undefined {
    this.#left += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if (1 + this.#lengthBytes + this.#left > this.#bytesMax) return { code: 'broker.packet-too-long' };
    if (byte & 0x80) return this.#lengthBytes === 4 ? { code: 'broker.length-malformed' } : undefined;
    this.#stage = this.#left === 0 ? 'type' : 'rest';
    return undefined;
  }
}
