import { type Fen, yuan } from '@lianpiao/shared/domain/money';
import { escapeHtml } from '@lianpiao/shared/http/docs-page';
import type { OpenPayment } from './psp-book.ts';

const STYLE = `body{font:18px/1.6 "Segoe UI","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0;background:#eef2f6;color:#14212c}
main{max-width:420px;margin:8vh auto;background:#fff;padding:32px;border-radius:12px}h1{font-size:20px;margin:0 0 16px}
b{display:block;font-size:40px;margin:8px 0 24px}button{font:inherit;width:100%;min-height:56px;border:0;border-radius:8px;background:#0b63c5;color:#fff;cursor:pointer}
details{margin-top:24px;color:#51606d}details button{background:#e3e9ef;color:#14212c;margin-top:8px;min-height:44px}small{color:#51606d}`;

function page(body: string): string {
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>沙箱支付</title><link rel="icon" href="data:,"><style>${STYLE}</style><main>${body}</main></html>`;
}

/** Where the payer pays: an amount, one button, and for drills the three ways in which payments go wrong. */
export function payPage({ amountFen, subject }: OpenPayment): string {
  const button = (mode: string, text: string) => `<button name="mode" value="${mode}">${text}</button>`;
  return page(
    `<h1>沙箱支付（演示，不收真钱）</h1><div>${escapeHtml(subject)}</div><b>¥${yuan(amountFen as Fen)}</b>
<form method="post">${button('pay', '确认支付')}<details><summary>演练异常情况</summary>
${button('late', '支付，但通知迟到')}${button('twice', '支付两次')}${button('never', '不支付，离开')}</details></form>`,
  );
}

/** What a payer sees when there is nothing to press any more. */
export function endPage(state: 'paid' | 'left' | 'over' | 'unknown'): string {
  const [title, next] = {
    paid: ['支付成功', '请回到购票页面查看车票。'],
    left: ['没有支付', '座位会在订单到期后放回。'],
    over: ['支付时间已过', '请回到购票页面重新下单。'],
    unknown: ['没有这笔支付', '请从购票页面重新进入。'],
  }[state] as [string, string];
  return page(`<h1>${title}</h1><small>${next}</small>`);
}
