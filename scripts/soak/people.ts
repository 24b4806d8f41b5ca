const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DAY = 86_400_000;

/** Synthetic adults, another one for each index: born from 1950 on, region 330106, with a right check digit. */
export function soakPassenger(index: number) {
  const born = new Date(Date.UTC(1950, 0, 1) + Math.floor(index / 1000) * DAY).toISOString().slice(0, 10);
  const body = `330106${born.replaceAll('-', '')}${String(index % 1000).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, position) => total + weight * Number(body[position]), 0);
  return { name: '测试甲', idType: 'resident' as const, idNo: body + '10X98765432'[sum % 11] };
}
