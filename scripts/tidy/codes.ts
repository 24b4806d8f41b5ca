import { type Finding, isProduct, type Repository } from './repository.ts';

const DOCUMENT = 'docs/errors.md';
const CODE = /'([a-z][a-z0-9-]*\.[a-z0-9]+(?:-[a-z0-9]+)*)'/g;

/** Codes of refusals and faults in the product's source: after `code:`, also in unions and choices, and in `new Fault(`. */
export function codesInSource(repository: Repository): Map<string, string> {
  const codes = new Map<string, string>();
  for (const path of repository.files.filter(isProduct)) {
    const text = repository.read(path);
    const places = [...text.matchAll(/\bcode\??:([^,;}]{0,1000})/g), ...text.matchAll(/\bnew Fault\(\s*('[^']*')/g)];
    for (const [, place = ''] of places) {
      for (const [, code = ''] of place.matchAll(CODE)) if (!codes.has(code)) codes.set(code, path);
    }
  }
  return codes;
}

/** Codes that operators have no explanation for. */
export function unexplainedCodes(repository: Repository): Finding {
  const explained = new Set(entries(repository).map(({ code }) => code));
  const codes = [...codesInSource(repository)];
  return {
    seen: codes.length,
    found: codes.filter(([code]) => !explained.has(code)).map(([code, path]) => `${code} (${path})`),
  };
}

/** Entries that no source can give, entries that stand twice, and entries that leave a question open. */
export function poorEntries(repository: Repository): Finding {
  const all = entries(repository);
  const source = repository.files
    .filter(isProduct)
    .map((path) => repository.read(path))
    .join('\n');
  const found = all.flatMap(({ code, body }, index) => [
    ...(source.includes(`'${code}'`) ? [] : [`${code}: no source gives it`]),
    ...(all.findIndex((entry) => entry.code === code) === index ? [] : [`${code}: explained twice`]),
    ...[/^\*\*.+\*\*$/m, /^原因[:：]/m, /^怎么办[:：]/m, /^自动重试[:：]/m]
      .filter((part) => !part.test(body))
      .map((part) => `${code}: has no line like ${part.source}`),
  ]);
  return { seen: all.length, found };
}

/** The document's entries: `### code` and the text up to the next heading. */
function entries(repository: Repository): { code: string; body: string }[] {
  const sections = repository.read(DOCUMENT).split(/^(?=#{1,3} )/m);
  return sections.flatMap((section) => {
    const code = /^### `?([a-z][a-z0-9.-]*)`?$/m.exec(section)?.[1];
    return code ? [{ code, body: section }] : [];
  });
}
