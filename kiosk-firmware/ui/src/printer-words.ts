import type { Words } from '@lianpiao/shared/ui/i18n';

/** What is wrong with the printer, as far as a passenger can see it; any other trouble is staff's business. */
export function printerWords(code: string, { find, t }: Pick<Words, 'find' | 't'>): string {
  return find(`out.${code}`) ?? t('out.printer');
}
