import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { idCheckDigit, type Sex } from '../../domain/resident-id.ts';
import { type ServiceDate, serviceDate } from '../../domain/service-day.ts';
import type { IdCard } from './port.ts';

/** The text page of a card: UTF-16LE, padded on the right with spaces. */
export const TEXT_BYTES = 256;

/** Where a field lies: first byte and length in bytes. */
type Field = readonly [at: number, length: number];

type Layout = {
  readonly idType: IdCard['idType'];
  /** Read in this order and joined; where a document has two scripts, Latin first, as it stands in the passport. */
  readonly latin: readonly Field[];
  readonly han: Field;
  readonly sex: Field;
  readonly birth: Field;
  readonly idNo: Field;
  readonly validUntil: Field;
  /** Built like a resident ID number: birth date, sex and check digit stand in it. */
  readonly checked: boolean;
};

const RESIDENT: Layout = {
  idType: 'resident',
  latin: [],
  han: [0, 30],
  sex: [30, 2],
  birth: [36, 16],
  idNo: [122, 36],
  validUntil: [204, 16],
  checked: true,
};

/** The flag at byte 248 decides, and nothing else. */
const FLAG: Field = [248, 2];
const LAYOUTS: Readonly<Record<string, Layout>> = {
  // 居民身份证
  '': RESIDENT,
  // 港澳台居民居住证
  J: { ...RESIDENT, idType: 'hkMacauTaiwanResidence' },
  // 外国人永久居留身份证, before 2023
  I: {
    idType: 'foreignerResidence',
    latin: [[0, 120]],
    han: [158, 30],
    sex: [120, 2],
    birth: [220, 16],
    idNo: [122, 30],
    validUntil: [204, 16],
    checked: false,
  },
  // 外国人永久居留身份证 of 2023. The place of the second half of the name stands in one public source only.
  Y: {
    idType: 'foreignerResidence',
    latin: [
      [52, 70],
      [220, 22],
    ],
    han: [0, 30],
    sex: [30, 2],
    birth: [36, 16],
    idNo: [122, 36],
    validUntil: [204, 16],
    checked: true,
  },
};

const SEXES: Readonly<Record<string, Sex>> = { '1': 'male', '2': 'female' };
const FOREVER = '长期';

/** No refusal carries what stands on the card: refusals are logged. */
export type TextBlockRefusal =
  | { readonly code: 'id-reader.unknown-card'; readonly flag: string }
  | {
      readonly code: 'id-reader.unreadable-card';
      readonly field: 'length' | 'name' | 'idNo' | 'birth' | 'sex' | 'validUntil';
    };

/**
 * Reads the text page of a card. A kind of card that we do not know, and a page that contradicts itself, are refused: a
 * wrong name on a real-name ticket is worse than typing it.
 */
export function readTextBlock(block: Uint8Array): Outcome<IdCard, TextBlockRefusal> {
  const unreadable = (field: Extract<TextBlockRefusal, { field: unknown }>['field']) =>
    refuse({ code: 'id-reader.unreadable-card', field });
  if (block.length !== TEXT_BYTES) return unreadable('length');
  const flag = textAt(block, FLAG);
  const layout = Object.hasOwn(LAYOUTS, flag) ? LAYOUTS[flag] : undefined;
  if (!layout) return refuse({ code: 'id-reader.unknown-card', flag: /^[A-Z]$/.test(flag) ? flag : '?' });

  const name = layout.latin.map((field) => textAt(block, field)).join('') || textAt(block, layout.han);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name
  if (name === '' || /[\u0000-\u001f\u007f\ufffd]/.test(name)) return unreadable('name');

  const idNo = textAt(block, layout.idNo);
  if (!(layout.checked ? isCheckedNo(idNo) : /^[A-Z]{3}\d{12}$/.test(idNo))) return unreadable('idNo');

  const birthOn = serviceDate(textAt(block, layout.birth));
  if (!birthOn.ok || (layout.checked && birthOn.value !== idNo.slice(6, 14))) return unreadable('birth');

  const sex = SEXES[textAt(block, layout.sex)] ?? null;
  const sexOfNo = Number(idNo[16]) % 2 === 1 ? 'male' : 'female';
  if (layout.checked && sex !== null && sex !== sexOfNo) return unreadable('sex');

  const validUntil = endOfValidity(textAt(block, layout.validUntil));
  if (validUntil === undefined) return unreadable('validUntil');
  return done({ idType: layout.idType, name, idNo, birthOn: birthOn.value, sex, validUntil });
}

/** Null is 长期, undefined no date at all. */
function endOfValidity(text: string): ServiceDate | null | undefined {
  if (text === FOREVER) return null;
  const date = serviceDate(text);
  return date.ok ? date.value : undefined;
}

function isCheckedNo(idNo: string): boolean {
  return /^\d{17}[\dX]$/.test(idNo) && idCheckDigit(idNo.slice(0, 17)) === idNo[17];
}

/** Padding is U+0020 by the book and U+0000 on some readers. */
function textAt(block: Uint8Array, [at, length]: Field): string {
  const text = new TextDecoder('utf-16le').decode(block.subarray(at, at + length));
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\0')) end -= 1;
  return text.slice(0, end);
}
