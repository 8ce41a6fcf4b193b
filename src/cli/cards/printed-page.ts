const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` with all markup escaped, for a page to print; also for use inside an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * A page to print, complete in itself: no scripts, nothing loaded from elsewhere.
 * @param page `body` is markup, in which what others have written is escaped() already; `pictures`: it holds some, as data
 */
export function printedPage(page: {
  readonly language: string;
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly pictures?: boolean;
}): string {
  const { language, title, style, body, pictures = false } = page;
  return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'${pictures ? '; img-src data:' : ''}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
