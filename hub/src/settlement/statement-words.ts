import type { StatementComponent } from './party-movements.ts';

/** What the lines of a statement are called on paper. */
export const COMPONENT_NAMES: Readonly<Record<StatementComponent, string>> = {
  carriage: '运费',
  stationFee: '站务费',
  fuelSurcharge: '燃油附加费',
  agencyFee: '客运代理费',
  sellerFee: '售票服务费',
  platformFee: '平台服务费',
  refundFee: '退票手续费',
  insurance: '保险费',
  cash: '班结现金（本方留存）',
  collected: '代收票款（本方留存）',
  paidOut: '代付退款',
  adjustment: '调整',
};

export const PARTY_KIND_NAMES: Readonly<Record<string, string>> = {
  carrier: '承运企业',
  station: '客运站',
  channel: '售票渠道',
  insurer: '保险公司',
  platform: '平台',
};

/** `20261121` as `2026-11-21`. */
export function dayText(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
