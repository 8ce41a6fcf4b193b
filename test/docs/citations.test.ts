import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, missing, ROOT, type TextFile, textFiles } from './markdown.ts';

const SELF = 'test/docs/citations.test.ts';
const FILES = textFiles().filter(({ path }) => path !== SELF);
const PAPERS = FILES.filter(({ path }) => path.endsWith('.md'));

/** `hardware/FACTS.md#gm65`: the path from the root, and the anchor of a heading. */
const CITATION = /(?<![\w./-])([\w-][\w./-]*\.md)#([\p{L}\p{N}_-]+)/gu;
/** A document by its name alone. */
const DOCUMENT = /[\w./-]*\w\.md\b(?!#)/g;
const LINK = /\]\(([^)\s]+)\)/g;
/** A file or folder of the project, named as code. */
const PATH = /`((?:src|hardware|test|config|scripts|systemd)\/[\w./-]*)`/g;
/** Papers that nobody has who has the project, and parts of a text that are named by a number that changes. */
const ELSEWHERE = [
  /hardware-facts/,
  /\b(?:contract|design|style)\.md\b/,
  /\b(?:contract|design)[ (]+sections? \d/i,
  /(?<![\w.])\/work\//,
  /\bshared\/(?:reports|vectors|rig)\b/,
];
/** Who counts the sections of his papers for everybody. */
const STANDARD = /\b(?:RFC|MQTT|SEC|NIST|HID|Modbus|IEC|ISO|ASHRAE)\b/;

/** Where the code installs the papers to. */
const INSTALLED = '/usr/lib/gatepost/';

function withoutLinks(text: string): string {
  return text.replace(LINK, ']');
}

function faults(files: readonly TextFile[], judge: (line: string, file: TextFile) => string[]): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, at) => judge(line, file).map((fault) => `${file.path}:${at + 1}: ${fault}`)),
  );
}

function cited(line: string): string[] {
  return Array.from(withoutLinks(line).matchAll(CITATION)).flatMap(([citation, path = '', anchor]) => {
    const fault = missing(path, anchor);
    return fault === undefined ? [] : [`${citation}: ${fault}`];
  });
}

function named(line: string, { path }: TextFile): string[] {
  return Array.from(withoutLinks(line).matchAll(DOCUMENT)).flatMap(([name]) => {
    const plain = name.startsWith(INSTALLED, name.indexOf('/usr'))
      ? name.slice(name.indexOf(INSTALLED) + INSTALLED.length)
      : name;
    return [ROOT, join(ROOT, dirname(path))].some((folder) => existsSync(join(folder, plain)))
      ? []
      : [`${name}: no such file`];
  });
}

describe('a citation', () => {
  it('names a heading that is there', () => {
    expect(faults(FILES, cited)).toEqual([]);
  });

  it('is in one form, so that it is found', () => {
    const all = FILES.filter(({ path }) => !path.endsWith('.md'));
    expect(faults(all, (line) => (/\.md#/.test(line.replace(CITATION, '')) ? [line.trim()] : []))).toEqual(
      [],
    );
  });

  it('leads to no paper outside the project', () => {
    const judge = (line: string) => (ELSEWHERE.some((paper) => paper.test(line)) ? [line.trim()] : []);
    expect(faults(FILES, judge)).toEqual([]);
  });

  it('of a section by its number is of a public standard', () => {
    const code = FILES.filter(({ path }) => /\.(?:tsx?|mjs)$/.test(path));
    const judge = (line: string) =>
      /\bsections? \d/i.test(line) && !STANDARD.test(line) ? [line.trim()] : [];
    expect(faults(code, judge)).toEqual([]);
  });

  it('of a document by its name finds it, from the root or beside the text', () => {
    expect(faults(FILES, named)).toEqual([]);
  });

  it('is found at all', () => {
    const citing = FILES.filter(({ text }) => text.includes('hardware/FACTS.md#'));
    expect(citing.map(({ path }) => basename(dirname(path)))).toContain('scanner-serial');
    expect(cited('(hardware/FACTS.md#no-such-heading)')).toEqual([
      'hardware/FACTS.md#no-such-heading: no such heading',
    ]);
    expect(cited('see hardware/NOTHING.md#gm65.')).toEqual(['hardware/NOTHING.md#gm65: no such file']);
  });
});

describe('a link in a paper', () => {
  it('leads to a file, and to a heading where it names one', () => {
    const wrong = PAPERS.flatMap(({ path, text }) =>
      Array.from(text.matchAll(LINK)).flatMap(([, target = '']) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [to = '', anchor] = target.split('#');
        const file = to === '' ? path : join(dirname(path), to);
        const fault = missing(file, anchor);
        return fault === undefined ? [] : [`${path}: ${target}: ${fault}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a path in a paper', () => {
  it('leads to something, from the root or from the folder of the paper', () => {
    const wrong = PAPERS.flatMap(({ path, text }) =>
      Array.from(text.matchAll(PATH)).flatMap(([, target = '']) =>
        [ROOT, join(ROOT, dirname(path))].some((folder) => existsSync(join(folder, target)))
          ? []
          : [`${path}: ${target}`],
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the anchor of a heading', () => {
  it.each([
    ['# Wire facts', 'wire-facts'],
    ['## /boot/firmware/config.txt', 'bootfirmwareconfigtxt'],
    ['### Exit button, tamper switch', 'exit-button-tamper-switch'],
    ['## A [link](x.md) and `code`', 'a-link-and-code'],
    ['## 32-bit systems', '32-bit-systems'],
    ['## 管理處', '管理處'],
  ])('of %s is %s', (heading, anchor) => {
    expect([...anchorsOf(`${heading}\n`)]).toEqual([anchor]);
  });

  it('of a second one of the same words has a number; in code there is none', () => {
    expect([...anchorsOf('# Time\n\n## Time\n\n```\n# no heading\n```\n')]).toEqual(['time', 'time-1']);
  });
});
