import type { Language } from '@lianpiao/shared/ui/format';

/** Where a person helps, in the language of the page. Figures and Latin stand apart from the Han before them. */
export function placeIn(help: { readonly zh: string; readonly en: string }, language: Language): string {
  const place = help[language];
  return language === 'zh' && /^[\x21-\x7e]/.test(place) ? ` ${place}` : place;
}
