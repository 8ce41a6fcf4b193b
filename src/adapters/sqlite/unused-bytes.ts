/** Where something begins in a page, and the first byte behind it. */
export type PagePart = readonly [begin: number, end: number];

/** What the pointer map of the file says of a page. */
const KINDS = { 1: 'tree', 2: 'free', 3: 'overflow', 4: 'overflow', 5: 'tree' } as const;
type PageKind = (typeof KINDS)[keyof typeof KINDS];
const MAP_ENTRY_BYTES = 5;
/** First byte of a page of a tree: inner and leaf pages of indexes and of tables. */
const TREE_FLAGS: Readonly<Record<number, number>> = { 2: 12, 5: 12, 10: 8, 13: 8 };
/** The first page begins with the header of the file. */
const FILE_HEADER_BYTES = 100;
/** The page at the first GiB is used for locks alone. */
const LOCK_BYTE = 2 ** 30;

/** What has to be known of a database file to tell what lies where. */
export interface PageLayout {
  readonly pageBytes: number;
  /** Without what is reserved at the end of each page. */
  readonly usableBytes: number;
}

/** @param header the first bytes of the file */
export function layoutOf(header: Buffer): PageLayout {
  const size = header.readUInt16BE(16);
  const pageBytes = size === 1 ? 65_536 : size;
  return { pageBytes, usableBytes: pageBytes - header.readUInt8(20) };
}

/** Where the kind of a page is noted: the page of the pointer map, and the place in it. undefined: of these themselves. */
export function mapPlace(
  { pageBytes, usableBytes }: PageLayout,
  page: number,
): { readonly page: number; readonly at: number } | undefined {
  const entries = Math.floor(usableBytes / MAP_ENTRY_BYTES);
  const lockPage = LOCK_BYTE / pageBytes + 1;
  if (page < 2 || page === lockPage) return undefined;
  const group = Math.floor((page - 2) / (entries + 1));
  const first = group * (entries + 1) + 2;
  const map = first === lockPage ? first + 1 : first;
  return page <= map ? undefined : { page: map, at: (page - map - 1) * MAP_ENTRY_BYTES };
}

/** The kind of a page by its byte in the pointer map. */
export function kindOf(byte: number | undefined): PageKind | undefined {
  return KINDS[byte as keyof typeof KINDS];
}

/**
 * The parts of a page of a tree in which nothing stands: the gap between the pointers and the content, and what is free
 * within the content. SQLite never reads them. None of a page that is no such page.
 * @param number of the page, from 1
 */
export function unusedRanges(page: Buffer, number: number, usableBytes: number): readonly PagePart[] {
  const header = number === 1 ? FILE_HEADER_BYTES : 0;
  const headerBytes = TREE_FLAGS[page[header] ?? 0];
  if (headerBytes === undefined) return [];
  const gap = header + headerBytes + 2 * page.readUInt16BE(header + 3);
  const content = page.readUInt16BE(header + 5) || 65_536;
  if (gap > content || content > usableBytes) return [];
  const parts: PagePart[] = gap < content ? [[gap, content]] : [];
  // Free blocks are linked in ascending order; four bytes of each are the link and its size.
  for (let at = page.readUInt16BE(header + 1), before = content - 1; at !== 0; ) {
    if (at <= before || at + 4 > usableBytes) return [];
    const [next, size] = [page.readUInt16BE(at), page.readUInt16BE(at + 2)];
    const end = at + size;
    if (size < 4 || end > usableBytes) return [];
    if (size > 4) parts.push([at + 4, end]);
    before = at;
    at = next;
  }
  return parts;
}

/** Whether two parts have a byte in common. */
export function overlap([begin, end]: PagePart, [otherBegin, otherEnd]: PagePart): boolean {
  return begin < otherEnd && otherBegin < end;
}
