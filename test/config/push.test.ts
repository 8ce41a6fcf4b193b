import { expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { readConfig } from '../../src/config/load-config.ts';
import { summaryOf } from '../../src/config/summary.ts';
import { SOUND_CONFIG } from './sound-config.ts';

const read = (push: string) => readConfig(`${SOUND_CONFIG}push: ${push}\n`, 'gate.yaml', SENSORS);
const first = (url: string) => `{ first: { url: "${url}" } }`;
const GOOD = 'https://ntfy.lan/north-7c1f';

it.each([
  ['https', first(GOOD), undefined],
  ['this machine', first('http://127.0.0.1:2586/north'), undefined],
  ['no encryption', first('http://ntfy.lan/north'), 'must begin with https://'],
  ['no topic', first('https://ntfy.lan/'), 'must be an address such as'],
  ['a password in the address', first('https://me:pw@ntfy.lan/north'), 'must be an address such as'],
  ['a question', first('https://ntfy.lan/north?auth=x'), 'must be an address such as'],
  ['another scheme', first('file:///etc/passwd'), 'must be an address such as'],
  ['the same person twice', `{ first: { url: "${GOOD}" }, second: { url: "${GOOD}" } }`, 'is the topic of'],
  [
    'the second before the first',
    `{ first: { url: "${GOOD}" }, firstAfterSeconds: 60, secondAfterSeconds: 60 }`,
    'is 60, which is not after',
  ],
])('a notifier with %s', (_, push, mistake) => {
  const reading = read(push);
  const mistakes = reading.status === 'valid' ? [] : reading.mistakes.map(({ message }) => message);
  expect(mistakes).toEqual(mistake === undefined ? [] : [expect.stringContaining(mistake)]);
});

it('is told in the summary without its topics', () => {
  const reading = read(`{ first: { url: "${GOOD}" }, second: { url: "https://two.lan/secret" } }`);
  const said = reading.status === 'valid' ? summaryOf(reading.config, 0).join('\n') : '';
  expect(said).toContain('after 60 s a second person at https://two.lan');
  expect(said).not.toMatch(/north-7c1f|secret/);
});
