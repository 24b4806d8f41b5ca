export type Traveller = { readonly name: string; readonly idType: 'resident'; readonly idNo: string };

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Synthetic adults, each with a document of their own: region 330106, born on 7 March of 1970 to 1989, the check digit is right. `index` 0 … 19,999. */
export function aTraveller(index: number): Traveller {
  const body = `330106${1970 + Math.floor(index / 1000)}0307${String(index % 1000).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, position) => total + weight * Number(body[position]), 0);
  return {
    name: `测试${'甲乙丙丁戊己庚辛壬癸'[index % 10]}`,
    idType: 'resident',
    idNo: body + '10X98765432'[sum % 11],
  };
}
