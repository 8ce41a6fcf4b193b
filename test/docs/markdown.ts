import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { packageRoot } from '../../src/version.ts';

export const ROOT = packageRoot();

/** Folders whose texts may cite. */
const FOLDERS = ['src', 'hardware', 'test', 'config', 'scripts', 'systemd'];
/** What is no text. */
const BINARY = new Set(['.png', '.jpg', '.woff2', '.wav', '.gpb']);

export interface TextFile {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Every text of the project: its folders, and the papers at its top. */
export function textFiles(): TextFile[] {
  const papers = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const inside = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !BINARY.has(extname(entry.name)))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  );
  return [...papers, ...inside].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** The anchors that GitHub gives the headings of a Markdown text: letters in lower case, no punctuation, hyphens. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(markdown).matchAll(/^#{1,6} +(.+?)[ #]*$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Code blocks hold lines that begin with # and are no headings. */
function withoutFences(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1 *$/gm, '');
}

/** What is wrong with `path`, from the root of the project, and its heading; undefined when both are there. */
export function missing(path: string, anchor: string | undefined): string | undefined {
  const file = join(ROOT, path);
  if (!existsSync(file)) return 'no such file';
  if (anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).has(anchor)) return undefined;
  return 'no such heading';
}
