import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { reportError } from '../../src/cli/exit.ts';
import { GatepostError } from '../../src/core/errors.ts';

function report(error: unknown, debug = false): { code: number; lines: string[] } {
  const lines: string[] = [];
  const code = reportError(error, debug, (line) => {
    lines.push(line);
  });
  return { code, lines };
}

describe('an error at the command line', () => {
  it.each([
    ['usage', 2],
    ['config.invalid', 78],
    ['config.unreadable', 78],
    ['device.missing', 1],
    ['internal', 1],
  ] as const)('%s ends with exit code %i', (code, expected) => {
    expect(report(new GatepostError(code, 'what happened'))).toMatchObject({ code: expected });
  });

  it('is one plain sentence', () => {
    const error = new GatepostError('key.invalid', 'key.pem is no key; make one', {
      cause: new Error('ASN1'),
    });
    expect(report(error).lines).toEqual(['gatepost: key.pem is no key; make one']);
  });

  it('comes with its stack and its causes only when they are asked for', () => {
    const error = new GatepostError('key.invalid', 'no key', { cause: new Error('ASN1') });
    const { lines } = report(error, true);
    expect(lines.join('\n')).toContain('caused by: Error: ASN1');
    expect(lines.join('\n')).toContain('exit.test.ts');
  });

  it('leaves the list of config mistakes as editors know it', () => {
    expect(report(new GatepostError('config.invalid', 'a.yaml:1:1: wrong')).lines).toEqual([
      'a.yaml:1:1: wrong',
    ]);
  });

  it('that nobody foresaw is called a defect, without its stack', () => {
    const { code, lines } = report(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(lines[0]).toBe('gatepost: unexpected error: x is not a function');
    expect(lines.join('\n')).not.toContain('exit.test.ts');
  });

  it.each([
    [0, 0],
    [1, 2],
  ])('of commander with code %i, which it has printed itself, ends with %i', (own, expected) => {
    expect(report(new CommanderError(own, 'commander.x', 'printed'))).toEqual({ code: expected, lines: [] });
  });
});
