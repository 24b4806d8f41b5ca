/**
 * Full-width forms as plain ASCII: Chinese input methods and old files write １２３Ｘ， ￥ and the wide space.
 *
 * Not Unicode NFKC, which would also read a superscript ² as a 2 in an amount or a document number.
 */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ')
    .replaceAll('\uffe5', '¥');
}
