import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ageOn, checkPassenger, ID_TYPES, maskIdNo, maskName, normaliseIdNo, normaliseName } from './passenger.ts';
import type { ServiceDate } from './service-day.ts';

/** All names and numbers here are made up. */
const TODAY = '20251121' as ServiceDate;
const CARD = { name: '张三丰', idType: 'resident', idNo: '330106199003070014' };

it('reads a passenger as typed and stores one way of writing name and number', () => {
  const typed = { name: ' 张三丰 ', idType: 'resident', idNo: '１１0105 19491231-002x' };
  expect(checkPassenger(typed, TODAY)).toEqual({
    ok: true,
    value: { name: '张三丰', idType: 'resident', idNo: '11010519491231002X', birthOn: '19491231', sex: 'female' },
  });
});

it('takes each kind of document in its own form', () => {
  const numbers: Record<string, string[]> = {
    temporaryResident: ['330106199003070014'],
    householdRegister: ['330106199003070014'],
    policeCertificate: ['330106199003070014'],
    hkMacauTaiwanResidence: ['810000199408230021'],
    passport: ['E12345678', 'EA1234567', '123456789'],
    hkMacauPermit: ['H12345678', 'M1234567801'],
    taiwanPermit: ['12345678', '1234567801'],
    mainlandHkMacauPermit: ['C12345678', 'CA1234567'],
    mainlandTaiwanPermit: ['L12345678'],
    foreignerResidence: ['DEU330012345678', '933276198501010013'],
    military: ['军字第1234567号'],
    birthCertificate: ['V330012345'],
  };
  for (const [idType, idNos] of Object.entries(numbers)) {
    for (const idNo of idNos) {
      expect([idType, checkPassenger({ name: '李四', idType, idNo }, TODAY)]).toMatchObject([
        idType,
        { ok: true, value: { idType, idNo } },
      ]);
    }
  }
});

it('refuses a number that is no number of its kind', () => {
  const wrong: Record<string, string> = {
    hkMacauPermit: 'X12345678',
    taiwanPermit: '1234567',
    passport: 'E1',
    student: '',
  };
  for (const [idType, idNo] of Object.entries(wrong)) {
    expect(checkPassenger({ name: '李四', idType, idNo }, TODAY)).toEqual({
      ok: false,
      refusal: { code: 'id.form', idType },
    });
  }
  expect(checkPassenger({ ...CARD, idType: 'hkMacauTaiwanResidence' }, TODAY)).toMatchObject({
    refusal: { code: 'id.form' },
  });
  expect(checkPassenger({ ...CARD, idType: 'libraryCard' }, TODAY)).toMatchObject({
    refusal: { code: 'id.unknown-kind' },
  });
});

it('enters a residence permit of Hong Kong, Macau and Taiwan as what it is, also when typed as a resident ID card', () => {
  const permit = { name: '李四', idType: 'resident', idNo: '810000199408230021' };
  expect(checkPassenger(permit, TODAY)).toMatchObject({ ok: true, value: { idType: 'hkMacauTaiwanResidence' } });
});

it('lets nobody travel on a document that has ended before the day of travel, or before being born', () => {
  expect(checkPassenger({ ...CARD, validUntil: '20251120' as ServiceDate }, TODAY)).toEqual({
    ok: false,
    refusal: { code: 'id.expired', date: '20251120' },
  });
  for (const validUntil of [TODAY, null, undefined])
    expect(checkPassenger({ ...CARD, validUntil }, TODAY).ok).toBe(true);
  expect(checkPassenger(CARD, '19900306' as ServiceDate)).toEqual({ ok: false, refusal: { code: 'id.birth-date' } });
});

it('takes names as documents write them, up to 40 characters, and no digits or signs', () => {
  const good = [
    '张三',
    '欧阳修',
    '阿依古丽·买买提',
    'ABDUL RAHMAN',
    "O'BRIEN, MARY-JANE",
    'Nguyễn Văn A',
    '𠮷田',
    '\ue000某',
    '丹增'.repeat(20),
  ];
  for (const name of good) expect([name, checkPassenger({ ...CARD, name }, TODAY).ok]).toEqual([name, true]);
  for (const name of ['', ' ', '张3', '<b>', '张三\u0000', '·', '张'.repeat(41), '〓三']) {
    expect([name, checkPassenger({ ...CARD, name }, TODAY)]).toMatchObject([
      name,
      { refusal: { code: 'passenger.name' } },
    ]);
  }
});

it('writes the dot between the parts of a name in one way', () => {
  for (const dot of ['·', '•', '・', '．', ' · ', '.'])
    expect(normaliseName(`阿依古丽${dot}买买提`)).toBe('阿依古丽·买买提');
  expect(normaliseName('  JOHN   Q.  SMITH ')).toBe('JOHN Q. SMITH');
});

it('normalises once and for all: a second time changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      expect(normaliseIdNo(normaliseIdNo(text))).toBe(normaliseIdNo(text));
      expect(normaliseName(normaliseName(text))).toBe(normaliseName(text));
    }),
  );
});

it('shows the first character of a name, and of a number the first and the last four', () => {
  expect([maskName('张三丰'), maskName('李四'), maskName('ABDUL RAHMAN'), maskName('𠮷田'), maskName('O')]).toEqual([
    '张**',
    '李*',
    'A**',
    '𠮷*',
    '*',
  ]);
  expect(maskIdNo('330106199003070014')).toBe('3*************0014');
  expect([maskIdNo('E12345678'), maskIdNo('12345678'), maskIdNo('1234'), maskIdNo('')]).toEqual([
    'E****5678',
    '1*****78',
    '****',
    '',
  ]);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 5, maxLength: 32 }), (idNo) => {
      const hidden = maskIdNo(idNo).split('*').length - 1;
      expect([maskIdNo(idNo).length, hidden >= 2]).toEqual([idNo.length, true]);
    }),
  );
});

it('completes a year of age on the birthday, and on 1 March for who was born on 29 February', () => {
  const cases: [string, string, number][] = [
    ['20191121', '20251121', 6],
    ['20191122', '20251121', 5],
    ['20200229', '20260228', 5],
    ['20200229', '20260301', 6],
    ['20251121', '20251121', 0],
  ];
  for (const [birthOn, on, age] of cases) expect(ageOn(birthOn as ServiceDate, on as ServiceDate)).toBe(age);
});

it('answers any input with a passenger or a refusal that does not repeat the number', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...ID_TYPES), fc.string({ minLength: 6 }), (name, idType, idNo) => {
      const checked = checkPassenger({ name, idType, idNo }, TODAY);
      if (!checked.ok) expect(Object.values(checked.refusal)).not.toContain(idNo);
    }),
  );
});
