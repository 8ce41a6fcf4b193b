import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc16Xmodem } from '../../hardware/framing/crc16-xmodem.ts';
import { crc16Modbus, sumOf } from '../../hardware/framing/sums.ts';
import { attributesOf, REASONS } from '../../src/core/access/reasons.ts';
import { ROLES } from '../../src/core/access/vocabulary.ts';
import { RIGHTS } from '../../src/core/desk/rights.ts';
import { ROOT, textFiles } from './markdown.ts';

describe('the wire facts', () => {
  const facts = readFileSync(join(ROOT, 'hardware/FACTS.md'), 'utf8');
  /** Whole frames and orders: five bytes or more, and the four of DFRobot's modules. */
  const frames = Array.from(
    facts.matchAll(/`((?:[0-9A-F]{2} ){4,}[0-9A-F]{2}|FF(?: [0-9A-F]{2}){3})`/g),
    ([, frame = '']) => frame,
  );

  it('hold frames of every device', () => {
    expect(frames.length).toBeGreaterThan(15);
  });

  it.each(frames)('%s has the check bytes it should have', (frame) => {
    const bytes = frame.split(' ').map((byte) => Number.parseInt(byte, 16));
    const end = bytes.length - 1;
    const [high = 0, low = 0] = bytes.slice(-2);
    const isScannerModule = /^(7E|02) 00 /.test(frame);
    const holds = [
      !isScannerModule && sumOf(bytes, 0, end) === low,
      frame.startsWith('66 66 01 04') && sumOf(bytes, 4, end) === low,
      crc16Modbus(bytes, 0, end - 1) === high + 256 * low,
      isScannerModule && crc16Xmodem(bytes, 2, end - 1) === 256 * high + low,
    ];
    expect(holds).toContain(true);
  });
});

describe('the contract', () => {
  const contract = readFileSync(join(ROOT, 'config/contract/README.md'), 'utf8');

  it('names every reason in its order, with the BACnet event and the remedy', () => {
    const rows = Array.from(
      contract.matchAll(/^\| ((?:gp:)?[A-Z]\w+) \| (\d+) \| (\w+) \|/gm),
      ([, ...row]) => row,
    );
    const known = REASONS.map((reason) => {
      const { bacnet, remedy } = attributesOf(reason);
      return [reason, String(bacnet), remedy];
    });
    expect(rows).toEqual(known);
    expect(new Set(REASONS).size).toBe(REASONS.length);
  });
});

describe('the table of rights', () => {
  it('is that of the code', () => {
    const page = readFileSync(join(ROOT, 'src/adapters/web/README.md'), 'utf8');
    const section = page.slice(page.indexOf('## Rights'), page.indexOf('## Rules that hold everywhere'));
    const rows = Array.from(
      section.matchAll(/^\| ([\w-]+) \| (yes|) ?\| (yes|) ?\| (yes|`lockdown` alone|) ?\|$/gm),
      ([, right, ...may]) => [right, ROLES.filter((_role, at) => may[at] === 'yes')],
    );
    expect(Object.fromEntries(rows)).toEqual(RIGHTS);
  });
});

describe('the table of error codes', () => {
  const codes = Array.from(
    readFileSync(join(ROOT, 'src/core/errors.ts'), 'utf8').matchAll(/^ *(?:\||.*\[)? *'.*$/gm),
    ([line]) => Array.from(line.matchAll(/'([\w.]+)'/g), ([, code = '']) => code),
  ).flat();
  const rows = Array.from(
    readFileSync(join(ROOT, 'config/ERRORS.md'), 'utf8').matchAll(
      /^\| (\w+(?:\.\w+)?) \| (\w.+\.) \| (\w.+\.) \|$/gm,
    ),
    ([, code = '']) => code,
  );

  it('has each code of the sources once, with what happened and what to do', () => {
    expect(codes).toContain('usage');
    expect(rows.toSorted()).toEqual(codes.toSorted());
  });

  it('has no code that nothing throws or tells', () => {
    const sources = textFiles().filter(
      ({ path }) => /^(src|hardware)\/.*\.tsx?$/.test(path) && path !== 'src/core/errors.ts',
    );
    const unused = rows.filter((code) => !sources.some(({ text }) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });
});

describe('the glossary', () => {
  const text = readFileSync(join(ROOT, 'src/README.md'), 'utf8');
  const [, section = ''] = /^## Words\n(.*?)^## /ms.exec(text) ?? [];
  const rows = Array.from(section.matchAll(/^\| (.+?) \| (.+) \|$/gm)).slice(2);

  it('has at most thirty words, each once', () => {
    const words = rows.map(([, word]) => word);
    expect(words.length).toBeGreaterThan(20);
    expect(words.length).toBeLessThanOrEqual(30);
    expect(new Set(words).size).toBe(words.length);
  });

  it('names what is in the code', () => {
    const sources = textFiles().filter(({ path }) => /^src\/.*\.tsx?$/.test(path));
    const names = rows.flatMap(([, , meaning = '']) =>
      Array.from(meaning.matchAll(/`(\w+)`/g), ([, name = '']) => name),
    );
    expect(names).toContain('GuardOrder');
    const missing = names.filter(
      (name) => !sources.some(({ text: code }) => new RegExp(`\\b${name}\\b`).test(code)),
    );
    expect(missing).toEqual([]);
  });
});
