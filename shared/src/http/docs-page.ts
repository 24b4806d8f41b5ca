type Document = { readonly info: { readonly title: string }; readonly paths?: Readonly<Record<string, object>> };

/** A plain page of an OpenAPI document: every call with its summary; the document itself has the bodies. */
export function docsPage(document: Document): string {
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { summary?: string }>).map(
      ([method, { summary = '' }]) =>
        `<tr><td><b>${escapeHtml(method.toUpperCase())}</b></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
    ),
  );
  const title = escapeHtml(document.info.title);
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">
<style>body{font:16px/1.5 "Segoe UI","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:32px;color:#14212c}td{padding:4px 16px 4px 0;border-bottom:1px solid #d5dce3}code{font-size:14px}</style>
<h1>${title}</h1><p>完整定义 full definition: <a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。写操作必须带 <code>Idempotency-Key</code>；错误为 <code>application/problem+json</code>。</p><table>${rows.join('\n')}</table></html>`;
}

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
