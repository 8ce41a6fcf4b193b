import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SENSORS } from '../../hardware/sensors.ts';
import { jsonSchemaText } from '../../src/cli/site/config-schema.ts';
import { loadConfig, parseConfig, readConfig } from '../../src/config/load-config.ts';
import { summaryOf } from '../../src/config/summary.ts';
import { warningsOf } from '../../src/config/warnings.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { SOUND_CONFIG } from './sound-config.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const DEMO = 'config/demo.yaml';
const EXAMPLE = 'config/gatepost.example.yaml';
/** The example as somebody leaves it who did what it says. */
const FILLED = readFileSync(EXAMPLE, 'utf8').replace(
  'PUT-THE-PUBLIC-KEY-OF-gatepost-keygen-HERE',
  Buffer.from(testSigner('issuer').publicKey).toString('hex'),
);

describe('the config files that come with Gatepost', () => {
  it('the demo is valid, simulated throughout, and says what should be thought about', () => {
    const { config } = loadConfig(DEMO, SENSORS);
    expect(config.demo.panel).toBe(true);
    expect(config.passes.issuers).toEqual([]);
    expect(warningsOf(config, NOW_MS)).toEqual([
      expect.stringContaining('demo panel is on'),
      expect.stringContaining('embedded broker'),
      expect.stringContaining('Degrees are written to the log'),
    ]);
  });

  it('tells what time it is at the site, and of a zone whose sign is the other way round', () => {
    const { config } = loadConfig(DEMO, SENSORS);
    const nowMs = Date.parse('2026-11-28T23:52:00Z');
    expect(summaryOf(config, nowMs)[0]).toMatch(
      /time of Asia\/Shanghai, where it is 2026-11-29 07:52 now\.$/,
    );
    const vouched = { ...config, site: { ...config.site, clock: 'trust' as const } };
    expect(summaryOf(vouched, nowMs)).toContainEqual(expect.stringMatching(/^Clock: the site vouches/));
    const reversed = { ...config, site: { ...config.site, timeZone: 'Etc/GMT+8' } };
    expect(summaryOf(reversed, nowMs)[0]).toMatch(/where it is 2026-11-28 15:52 now\.$/);
    expect(warningsOf(reversed, NOW_MS)).toContainEqual(
      expect.stringMatching(/Etc\/GMT\+8 is 8 hours behind UTC/),
    );
  });

  it('serves figures only where it is asked to, and warns of an address that others reach', () => {
    const { config } = loadConfig(DEMO, SENSORS);
    expect(config).not.toHaveProperty('metrics');
    const metrics = { host: '127.0.0.1', port: 9464, allowRemote: false };
    expect(parseConfig(FILLED.replace(/^web:/m, 'metrics: {}\nweb:'), EXAMPLE, SENSORS).metrics).toEqual(
      metrics,
    );
    expect(summaryOf({ ...config, metrics }, 0)).toContain(
      'Figures for Prometheus: http://127.0.0.1:9464/metrics.',
    );
    const before = warningsOf({ ...config, metrics }, NOW_MS);
    const open = warningsOf(
      { ...config, metrics: { host: '0.0.0.0', port: 9464, allowRemote: true } },
      NOW_MS,
    );
    expect(open.filter((one) => !before.includes(one))).toEqual([
      expect.stringMatching(/^Whoever reaches 0\.0\.0\.0, port 9464, reads without a password/),
    ]);
  });

  it('tells Home Assistant nothing and lets it open nothing unless asked to, and warns of what opens', () => {
    const { config } = loadConfig(DEMO, SENSORS);
    expect(config.homeassistant).toEqual({ discovery: false, prefix: 'homeassistant', unlock: false });
    const on = { ...config, homeassistant: { ...config.homeassistant, discovery: true } };
    expect(summaryOf(on, 0)).toContain('Home Assistant: is told of this gate, and opens nothing.');
    expect(warningsOf(on, NOW_MS)).toEqual(warningsOf(config, NOW_MS));
    const opens = { ...on, homeassistant: { ...on.homeassistant, unlock: true } };
    expect(summaryOf(opens, 0)).toContain('Home Assistant: is told of this gate, and may open it.');
    expect(warningsOf(opens, NOW_MS).filter((one) => !warningsOf(on, NOW_MS).includes(one))).toEqual([
      expect.stringMatching(/^Whoever may publish .*ha\/unlock\/\+ opens this gate without a signature/),
    ]);
  });

  it('the example trusts nobody: it is no config before somebody puts a key into it', () => {
    const reading = readConfig(readFileSync(EXAMPLE, 'utf8'), EXAMPLE, SENSORS);
    expect(reading).toMatchObject({
      status: 'invalid',
      mistakes: [{ message: expect.stringMatching(/`passes.issuers.0.publicKey`.*gatepost keygen/) }],
    });
    expect(readFileSync(EXAMPLE, 'utf8')).not.toMatch(/[0-9a-fA-F]{64}|[A-Za-z0-9_-]{43,}/);
  });

  it('the example with a key is valid, takes no lists, keeps no degrees and needs no second look', () => {
    const config = parseConfig(FILLED, EXAMPLE, SENSORS);
    expect(config.trust).not.toHaveProperty('rootKey');
    expect(config.trust).not.toHaveProperty('inboxFolder');
    expect(config.screening.record).toBe('class');
    expect(warningsOf(config, NOW_MS)).toEqual([]);
    expect(summaryOf(config, 0)).toContain('Broker: mqtts://mqtt.willow-court.example:8883, MQTT 5.');
  });

  it('the JSON Schema is the one that the code makes (npm run schema)', () => {
    expect(readFileSync('config/schema/gatepost.schema.json', 'utf8')).toBe(jsonSchemaText('config'));
  });

  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(jsonSchemaText('config')));

  it.each([
    ['the demo', readFileSync(DEMO, 'utf8')],
    ['the example with a key', FILLED],
  ])('the JSON Schema accepts %s', (_, text) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['an unknown key', `${SOUND_CONFIG}colour: red\n`],
    ['a wrong driver', SOUND_CONFIG.replace('driver: onoff', 'driver: onof')],
    ['a bad id', SOUND_CONFIG.replace('id: willow', 'id: Willow')],
    ['a missing key', SOUND_CONFIG.replace(', activeLevel: low', '')],
  ])('the JSON Schema refuses %s, as the loader does', (_, text) => {
    expect(validate(parse(text))).toBe(false);
    expect(readConfig(text, 'gate.yaml', SENSORS).status).toBe('invalid');
  });
});

describe('whatever is done to a config', () => {
  const lines = FILLED.split('\n').filter((line) => !/^\s*(#|$)/.test(line));

  const noise = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      '- ',
      '\n',
      '\t',
      '"',
      "'",
      '|',
      '>',
      '&a',
      '*a',
      '!!map ',
      '---\n',
      '? ',
      '<<: ',
      '\0',
      '#',
      '%',
      '~',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 40 }), insert: noise });

  it('the loader answers with a config or with mistakes that lie in the file', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const text = edits.reduce((before, { at, remove, insert }) => {
          const start = at % (before.length + 1);
          return before.slice(0, start) + insert + before.slice(start + remove);
        }, lines.join('\n'));
        const reading = readConfig(text, 'gate.yaml', SENSORS);
        if (reading.status === 'valid') return;
        expect(reading.mistakes.length).toBeGreaterThan(0);
        const last = text.split('\n').length;
        for (const { line, column, message } of reading.mistakes) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(last);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toContain('\n');
        }
      }),
      { numRuns: 100 },
    );
  });

  it('any value in any place is judged, not thrown at', () => {
    const word = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(-1, 1e99, '.nan', '', 'simulated', {}, []),
    );
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 1 }), word, (index, value) => {
        const changed = lines.map((line, at) =>
          at === index ? line.replace(/:.*$/, () => `: ${JSON.stringify(value)}`) : line,
        );
        expect(['valid', 'invalid']).toContain(readConfig(changed.join('\n'), 'gate.yaml', SENSORS).status);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['[', '{a: ', '- ', '? ', '"', '|\n'])(
    '%j a hundred thousand times is refused in good time',
    (text) => {
      expect(readConfig(text.repeat(100_000).slice(0, 250_000), 'gate.yaml', SENSORS).status).toBe('invalid');
    },
  );
});
