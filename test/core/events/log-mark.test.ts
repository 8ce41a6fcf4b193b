import { describe, expect, it } from 'vitest';
import { furthest, judgeLog, type LogEvidence, type LogMark } from '../../../src/core/events/log-mark.ts';

const EPOCH = '01707619-0000-7000-8000-000000000000';
const LATER = '01707719-0000-7000-8000-000000000000';
const hashOf = (sequence: number) => String(sequence).padStart(64, '0');
const at = (sequence: number, epoch = EPOCH): LogMark => ({ epoch, sequence, hash: hashOf(sequence) });
const evidence = (changes: Partial<LogEvidence>): LogEvidence => ({
  head: at(20),
  marks: [at(20)],
  marked: true,
  sameFile: true,
  hashAt: hashOf,
  ...changes,
});

describe('a log and its marks', () => {
  it.each<[string, Partial<LogEvidence>, ReturnType<typeof judgeLog>]>([
    ['nothing at all', { head: undefined, marks: [], marked: false }, 'new'],
    ['a mark without a log', { head: undefined }, 'lost'],
    ['a log at its mark', {}, 'intact'],
    ['a log ahead of its mark, as after a power cut', { marks: [at(18)] }, 'intact'],
    ['the row of the mark is erased or purged', { marks: [at(3)], hashAt: () => undefined }, 'intact'],
    ['a log behind its mark', { marks: [at(21)] }, 'restored'],
    ['a log behind one of its marks', { marks: [at(20), at(27)] }, 'restored'],
    ['as long as its mark, with another end', { head: { ...at(20), hash: hashOf(7) } }, 'restored'],
    ['another row where the mark is', { marks: [at(18)], hashAt: () => hashOf(7) }, 'restored'],
    ['a log of another epoch', { marks: [at(5, LATER)] }, 'restored'],
    ['marks of two epochs', { marks: [at(20), at(5, LATER)] }, 'restored'],
    ['another file than the marked one', { sameFile: false }, 'restored'],
    ['no mark, though there must be one', { marks: [] }, 'restored'],
    ['no mark, for there never was one', { marks: [], marked: false }, 'intact'],
  ])('%s', (_title, changes, verdict) => {
    expect(judgeLog(evidence(changes))).toBe(verdict);
  });

  it('the newest epoch goes before the largest number', () => {
    expect(furthest([at(900), at(3, LATER), at(2, LATER)])).toEqual(at(3, LATER));
    expect(furthest([])).toBeUndefined();
  });
});
