import { describe, expect, it } from 'vitest';
import { readMoment } from '../../src/cli/moments.ts';

const read = (text: string) => readMoment(text, { timeZone: 'Asia/Taipei', day: 'begin' });

describe('what is no moment is refused with the nearest form that is right', () => {
  it.each([
    ['20270101', 'write 2027-01-01.'],
    ['46388', 'write 2027-01-01 and make the column text'],
    ['46388.5', 'write 2027-01-01 and make the column text'],
    ['2027/1/1', 'write 2027-01-01.'],
    ['2027年1月1日', 'write 2027-01-01.'],
    ['1/2/2027', 'write 2027-01-02 or 2027-02-01, whichever is meant'],
    ['01-02-2027', 'write 2027-01-02 or 2027-02-01, whichever is meant'],
    ['31.12.2027', 'write 2027-12-31.'],
    ['31122027', 'write 2027-12-31.'],
    ['1-Jan-27', 'write 2027-01-01.'],
    ['270101', 'write 2027-01-01.'],
    ['1160101', 'write 2027-01-01.'],
    ['116/1/1', 'write 2027-01-01.'],
    ['民國116年1月1日', 'write 2027-01-01.'],
    ['2027010108', 'may be a day and an hour; write 2027-01-01T08:00:00+08:00.'],
    ['202701010830', 'write 2027-01-01T08:30:00+08:00.'],
    ['2027-01-01 08:30', 'write 2027-01-01T08:30:00+08:00.'],
    ['2027-01-01T08:30:00+0800', 'write 2027-01-01T08:30:00+08:00.'],
    ['1798761600000', 'these are milliseconds'],
    ['2027-02-30', 'there is no such day'],
    ['-5', 'none of these'],
    ['86400', 'no moment from 2017 to 2106'],
  ])('%s', (text, advice) => {
    expect(() => read(text)).toThrow(advice);
  });

  it('takes seconds from 2017 on that are no day and hour', () => {
    expect(read('1483228800')).toBe(1_483_228_800);
    expect(read('2099999999')).toBe(2_099_999_999);
  });
});
