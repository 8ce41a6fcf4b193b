import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGatepostError } from '../../src/core/errors.ts';
import { SOUND_CONFIG } from './sound-config.ts';

/** The mistakes of SOUND_CONFIG after one change, without the file name. */
function mistakesAfter(from: string, to: string): string[] {
  expect(SOUND_CONFIG).toContain(from);
  return mistakesOf(SOUND_CONFIG.replace(from, to));
}

function mistakesOf(text: string): string[] {
  try {
    parseConfig(text, 'gate.yaml');
    return [];
  } catch (error) {
    if (!isGatepostError(error, 'config.invalid')) throw error;
    return error.message.split('\n').map((line) => line.replace(/^gate\.yaml:/, ''));
  }
}

describe('every mistake names its place and what is allowed', () => {
  const SCANNER = 'scanner: { driver: serial, path: /dev/ttyACM0 }';
  it.each<[string, string, string, string[]]>([
    [
      'unknown key',
      'lock:',
      'releseSeconds: 2\n    lock:',
      ['7:5: unknown key `releseSeconds`; did you mean `releaseSeconds`?'],
    ],
    [
      'unknown key far from all',
      'store: {',
      'store: { qqq: 1,',
      ['16:10: unknown key `qqq`; allowed here: folder'],
    ],
    [
      'two unknown keys',
      'store: {',
      'store: { foldr: 1, qqq: 1,',
      [
        '16:10: unknown key `foldr`; did you mean `folder`?',
        '16:20: unknown key `qqq`; allowed here: folder',
      ],
    ],
    [
      'secret written into the config',
      'store:',
      'mqtt: { url: mqtt://h, username: u, password: p }\nstore:',
      ['16:37: unknown key `password`; did you mean `passwordFile`?'],
    ],
    [
      'missing section',
      'store: { folder: data }\n',
      '',
      ['1:1: `store` is missing; it must be a section with keys of its own'],
    ],
    ['missing key', ', name: North', '', ['3:1: `gate.name` is missing; it must be text']],
    [
      'missing key in a list',
      'name: Office, ',
      '',
      ['15:7: `passes.issuers.0.name` is missing; it must be text'],
    ],
    [
      'empty section',
      '\n  issuers:\n    - {',
      ' #\n#\n# {',
      ['13:9: `passes` must be a section with keys of its own, not empty'],
    ],
    ['wrong type', 'name: North', 'name: [North]', ['3:20: `gate.name` must be text']],
    [
      'out of range',
      'lock:',
      'releaseSeconds: 61\n    lock:',
      ['7:21: `doors.main.releaseSeconds` must be at most 60, not 61'],
    ],
    [
      'not a number',
      'lock:',
      'releaseSeconds: 3s\n    lock:',
      ['7:21: `doors.main.releaseSeconds` must be a number, not "3s"'],
    ],
    [
      'bad id',
      'id: willow',
      'id: Willow Court',
      ['2:13: `site.id` must be 1 to 32 of the characters a-z, 0-9 and -, not "Willow Court"'],
    ],
    [
      'bad id as a key',
      'main:',
      'Main_1:',
      [
        '5:3: `doors.Main_1`: the key must be 1 to 32 of the characters a-z, 0-9 and -',
        '10:11: `accessPoints.way-in.door` names `main`, but the doors are: Main_1',
      ],
    ],
    [
      'bad time zone',
      'Europe/Berlin',
      'Mars/Olympus',
      ['2:45: `site.timeZone` must be an IANA time zone such as Europe/Berlin, not "Mars/Olympus"'],
    ],
    [
      'an offset is no time zone',
      'Europe/Berlin',
      '"+08:00"',
      ['2:45: `site.timeZone` must be an IANA time zone such as Europe/Berlin, not "+08:00"'],
    ],
    [
      'bad word',
      'direction: in',
      'direction: inn',
      ['11:16: `accessPoints.way-in.direction` must be in or out (did you mean in?), not "inn"'],
    ],
    [
      'bad driver',
      'driver: onoff',
      'driver: onof',
      ['7:21: `doors.main.lock.driver` must be simulated, onoff or auto (did you mean onoff?), not "onof"'],
    ],
    [
      'lock without level',
      ', activeLevel: low',
      '',
      ['7:5: `doors.main.lock.activeLevel` is missing; it must be high or low'],
    ],
    ['lock without line', 'line: 17, ', '', ['7:5: `doors.main.lock.line` is missing; it must be a number']],
    [
      'bad device path',
      '/dev/ttyACM0',
      'ttyACM0',
      [
        '12:38: `accessPoints.way-in.scanner.path` must be `simulated`, an absolute path such as /dev/serial/by-id/…, or begin with ./ or ../, not "ttyACM0"',
      ],
    ],
    [
      'unknown door',
      'door: main',
      'door: mian',
      ['10:11: `accessPoints.way-in.door` names `mian`, but the doors are: main'],
    ],
    [
      'bad key',
      '11qYAYKx',
      '',
      [
        '15:34: `passes.issuers.0.publicKey` must be the 32 bytes of an Ed25519 public key as 64 hex characters or 43 base64url characters, not "CrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"',
      ],
    ],
    [
      'one device for two',
      SCANNER,
      `${SCANNER}\n    thermometer: { driver: gy-mcu9061x, path: /dev/ttyACM0 }`,
      [
        '13:47: `accessPoints.way-in.thermometer.path` is /dev/ttyACM0, which `accessPoints.way-in.scanner` already uses; every device needs its own',
      ],
    ],
    [
      'one line for two',
      'accessPoints:',
      '    contact: { driver: onoff, line: 17, openLevel: high }\naccessPoints:',
      [
        '8:37: `doors.main.contact.line` is 17, which `doors.main.lock` already uses; every device needs its own',
      ],
    ],
    [
      'one key for two issuers',
      'store:',
      '    - { name: B, publicKey: D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A }\nstore:',
      [
        '16:29: `passes.issuers.1.publicKey` is the same key as that of issuer `Office`; every issuer needs its own',
      ],
    ],
    [
      'no issuer',
      '\n    - { name: Office, publicKey: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }',
      ' []',
      [
        '14:3: `passes.issuers` must name at least one issuer: without one no pass is believed (only the demo panel brings its own)',
      ],
    ],
    [
      'enforce without thermometer',
      'store:',
      'screening: { in: enforce }\nstore:',
      [
        '16:18: `screening.in` is enforce, but nobody could pass at access point `way-in`, which has no thermometer: give it one, or choose off or advise',
      ],
    ],
    [
      'enforce for a kind without thermometer',
      'store:',
      'screening: { kinds: { worker: enforce } }\nstore:',
      [
        '16:31: `screening.kinds.worker` is enforce, but nobody could pass at access point `way-in`, which has no thermometer: give it one, or choose off or advise',
      ],
    ],
    [
      'unknown kind',
      'store:',
      'screening: { kinds: { emergncy: off } }\nstore:',
      ['16:23: unknown key `emergncy`; did you mean `emergency`?'],
    ],
    [
      'offset beyond its bound',
      'store:',
      'screening: { estimate: offset, offsetC: -2.1 }\nstore:',
      ['16:41: `screening.offsetC` must be at least -2, not -2.1'],
    ],
    [
      'offset that is not used',
      'store:',
      'screening: { offsetC: 0.5 }\nstore:',
      [
        '16:23: `screening.offsetC` means nothing with `estimate: object`; set `estimate: offset` or leave it out',
      ],
    ],
    [
      'threshold below the skin',
      'store:',
      'screening: { thresholdC: 36, skinMinC: 37 }\nstore:',
      ['16:26: `screening.thresholdC` must lie between skinMinC (37) and skinMaxC (43), not 36'],
    ],
    [
      'air upside down',
      'store:',
      'screening: { ambientMinC: 40 }\nstore:',
      ['16:27: `screening.ambientMinC` must be below ambientMaxC (35), not 40'],
    ],
    [
      'foreign broker',
      'store:',
      'mqtt: { url: "http://h" }\nstore:',
      [
        '16:14: `mqtt.url` must be `embedded`, mqtt://HOST:PORT or mqtts://HOST:PORT, without user, password and path, not "http://h"',
      ],
    ],
    [
      'broker port',
      'store:',
      'mqtt: { url: "mqtt://h:70000" }\nstore:',
      ['16:14: `mqtt.url` has a port beyond 1 to 65535'],
    ],
    [
      'embedded broker in version 5',
      'store:',
      'mqtt: { url: embedded, protocol: 5 }\nstore:',
      ['16:34: `mqtt.protocol` must be 4 or left out: the embedded broker speaks MQTT 3.1.1'],
    ],
    [
      'certificate without key',
      'store:',
      'mqtt: { url: mqtts://h, certFile: c }\nstore:',
      ['16:35: `mqtt.certFile` needs keyFile beside it'],
    ],
    [
      'certificate without TLS',
      'store:',
      'mqtt: { url: mqtt://h, caFile: c }\nstore:',
      ['16:32: `mqtt.caFile` is used only with an mqtts:// address'],
    ],
    [
      'password without name',
      'store:',
      'mqtt: { url: mqtt://h, passwordFile: p }\nstore:',
      ['16:38: `mqtt.passwordFile` needs username beside it'],
    ],
    [
      'screens open to all',
      'store:',
      'web: { host: 0.0.0.0 }\nstore:',
      [
        '16:14: `web.host` is 0.0.0.0, which other machines can reach; if that is meant, set `allowRemote: true` beside it, else 127.0.0.1',
      ],
    ],
    [
      'demo panel on a real gate',
      'store:',
      'demo: { panel: true }\nstore:',
      [
        '16:16: `demo.panel` is only for gates that are simulated throughout; real here: `doors.main.lock`, `accessPoints.way-in.scanner`',
      ],
    ],
    ['newer file', 'version: 1', 'version: 2', ['1:10: `version` must be 1, not 2']],
    [
      'same key twice',
      'gate: {',
      'gate: {}\ngate: {',
      ['4:1: this key stood here before; every key may stand once'],
    ],
    [
      'anchor',
      'folder: data',
      'folder: *data',
      ['16:18: anchors and aliases (& and *) are not supported; write the value out'],
    ],
    [
      'foreign tag',
      'folder: data',
      'folder: !!binary data',
      ['16:18: Unresolved tag: tag:yaml.org,2002:binary'],
    ],
    [
      'second document',
      'store:',
      '---\nstore:',
      ['16:1: a second document begins here; a config is one, without ---'],
    ],
    ['prototype', 'store: {', 'store: { __proto__: {},', ['16:10: a key must be a plain word']],
    ['list as a key', 'store: {', 'store: { [a]: 1,', ['16:10: a key must be a plain word']],
  ])('%s', (_, from, to, expected) => {
    expect(mistakesAfter(from, to)).toEqual(expected);
  });

  it('lists the mistakes of all sections at once, in the order of the file', () => {
    const text = SOUND_CONFIG.replace('id: willow', 'id: W')
      .replace('line: 17', 'line: 99')
      .replace('door: main', 'door: x');
    expect(mistakesOf(text)).toEqual([
      '2:13: `site.id` must be 1 to 32 of the characters a-z, 0-9 and -, not "W"',
      '7:34: `doors.main.lock.line` must be at most 27, not 99',
      '10:11: `accessPoints.way-in.door` names `x`, but the doors are: main',
    ]);
  });

  it.each([
    ['nothing', '', ['1:1: the config must be a section with keys of its own, not empty']],
    ['a word', 'hello', ['1:1: the config must be a section with keys of its own, not "hello"']],
    ['more than 256 KiB', `# ${'x'.repeat(256 * 1024)}`, ['1:1: is larger than 256 KiB']],
  ])('refuses %s', (_, text, expected) => {
    expect(mistakesOf(text)).toEqual(expected);
  });

  it('does not grow with aliases of aliases', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    const mistakes = mistakesOf(['a0: &a0 [x]', ...lines].join('\n'));
    expect(mistakes).toHaveLength(60);
    expect(mistakes[0]).toBe('2:10: anchors and aliases (& and *) are not supported; write the value out');
  });

  it('ends a list of thousands', () => {
    const mistakes = mistakesOf(Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n'));
    expect(mistakes).toHaveLength(101);
    expect(mistakes.at(-1)).toMatch(/^… and 4\d+ more$/);
  });
});
