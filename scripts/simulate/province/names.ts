import { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';

export const STATIONS = ['330100001', '330600001', '330200001'] as const;
export const TLS = { ca: '', cert: '', key: '' };
export const BROKERS = ['mqtts://broker'] as const;
/** Noon of 2026-11-21 in China. */
export const STARTS_AT = Date.UTC(2026, 10, 21, 4);

/** Where the run marker of a database is. */
export const markerOf = (file: string) => `${file}.run-marker`;
export const installIdOf = (station: string) => `machine-${station}`;

const keys = new Map(
  STATIONS.map((station) => [
    station as string,
    new MacKeys([{ keyNo: 1, secret: Buffer.alloc(32, Number(station) % 251), activeAt: 0 }]),
  ]),
);

/** Keys that a station and the hub have agreed on. */
export function macKeysOf(station: string): MacKeys | undefined {
  return keys.get(station);
}

/** A vault with the month keys that every party has from the start. */
export function vault() {
  const persons = personVault(Buffer.alloc(32, 7));
  for (let month = 10; month <= 12; month += 1) persons.load(sealingKey(202600 + month, Buffer.alloc(32, month)));
  return persons;
}

/** The one pair of keys that all tickets of the province are signed with. It is used nowhere else. */
export const TICKET_KEYS = {
  privateKey: '2a61e648b484dba77e333a8851ff4d04657c1d15d0b1cec9dedcbecbdcbf678c',
  publicKey:
    '04b0707e091c0b52535a4ba1504cca9f836ca5bd2a6b5708b1e017dbfa410b4a7030807a9995e1f3ee207594baa213c9a60b188bf9de9f6aa83f7e544a094f6c83',
};

/** Paper is nobody's business here: its signature is made of zeros. Whoever shows a code signs it (`actions/codes.ts`). */
export const paper = paperMaker({ keyNo: 1, sign: () => new Uint8Array(64) }, { name: '中心' }, (seller) => seller);
