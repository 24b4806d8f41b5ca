import words from './problem-words.json' with { type: 'json' };

export type ProblemWords = { readonly title: string; readonly cause: string; readonly next: string };

type Entry = { readonly zh: ProblemWords & { readonly retries: string }; readonly en: string };

/** What is said where a code has no words of its own, which a test rules out for our own codes. */
const UNNAMED: Entry = {
  zh: { title: '操作没有成功', cause: '', next: '请记下错误代码，联系站务管理员。', retries: '否' },
  en: 'The operation did not succeed. Note the code and call the station administrator.',
};

/** The words of a refusal or fault code. docs/errors.md shows the same ones to operators. */
export function problemWords(code: string, language: 'zh' | 'en'): ProblemWords {
  const entry = (words as Readonly<Record<string, Entry>>)[code] ?? UNNAMED;
  return language === 'zh' ? entry.zh : { title: entry.en, cause: '', next: '' };
}
