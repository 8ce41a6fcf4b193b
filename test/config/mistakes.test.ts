import { describe, expect, it } from 'vitest';
import { mistakesAfter, mistakesOf, SOUND_CONFIG } from './sound-config.ts';

describe('every mistake names its place and what is allowed', () => {
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
      ['16:10: unknown key `qqq`; allowed here: folder, checkHour'],
    ],
    [
      'two unknown keys',
      'store: {',
      'store: { foldr: 1, qqq: 1,',
      [
        '16:10: unknown key `foldr`; did you mean `folder`?',
        '16:20: unknown key `qqq`; allowed here: folder, checkHour',
      ],
    ],
    [
      'keys with line ends',
      'store: {',
      'store: { "a\\nb": 1, "c": 1,',
      [
        '16:10: unknown key `a b`; allowed here: folder, checkHour',
        '16:21: unknown key `c`; allowed here: folder, checkHour',
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
    [
      'issuer whose private key stands in RFC 8032',
      'publicKey: ',
      'publicKey: d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a } #',
      [
        '15:34: `passes.issuers.0.publicKey` is refused. The private half of this key is known to everybody (from RFC 8032), so anybody can sign with it. Make a key of your own: gatepost keygen --out office.pem.',
      ],
    ],
    [
      'root key whose private key stands in RFC 8032',
      'store:',
      'trust: { rootKey: PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw }\nstore:',
      [
        '16:19: `trust.rootKey` is refused. The private half of this key is known to everybody (from RFC 8032), so anybody can sign with it. Make a key of your own: gatepost keygen --out office.pem.',
      ],
    ],
    [
      'key of all zeros',
      'publicKey: ',
      `publicKey: "${'00'.repeat(32)}" } #`,
      [
        '15:34: `passes.issuers.0.publicKey` is refused. These 32 bytes are no public key that gatepost keygen or a phone makes: no point of the curve, or one with which anybody can sign.',
      ],
    ],
    [
      'key that is a placeholder',
      'publicKey: ',
      'publicKey: REPLACE-ME } #',
      [
        '15:34: `passes.issuers.0.publicKey` must be an Ed25519 public key as 64 hex or 43 base64url characters; `gatepost keygen --out office.pem` makes a key and prints it, not "REPLACE-ME"',
      ],
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
        '10:11: `accessPoints.way-in.door` names `main`, but the doors are: none',
      ],
    ],
    [
      'bad time zone',
      'Europe/Berlin',
      'Mars/Olympus',
      ['2:45: `site.timeZone` must be an IANA time zone such as Europe/Berlin, not "Mars/Olympus"'],
    ],
    [
      'an abbreviation is no time zone',
      'Europe/Berlin',
      'CST',
      [
        '2:45: `site.timeZone` must be named by a place: write Asia/Shanghai, Asia/Taipei or America/Chicago, not "CST"',
      ],
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
      [
        '7:21: `doors.main.lock.driver` must be simulated, onoff, gpiod, leds or auto (did you mean onoff?), not "onof"',
      ],
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
      'bad key',
      'e-M1fFYa',
      '',
      [
        '15:34: `passes.issuers.0.publicKey` must be an Ed25519 public key as 64 hex or 43 base64url characters; `gatepost keygen --out office.pem` makes a key and prints it, not "AlAxlg-eD8PAiv5FOnZpAmxo5Dv5aZZeiPI"',
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
      'foreign broker',
      'store:',
      'mqtt: { url: "http://h" }\nstore:',
      [
        '16:14: `mqtt.url` must be `embedded`, mqtt://HOST:PORT or mqtts://HOST:PORT, without user, password and path, not "http://h"',
      ],
    ],
    [
      'telephone number without quotes',
      'timeZone: Europe/Berlin }',
      'timeZone: Europe/Berlin, office: { telephone: 03055501234 } }',
      [
        '2:81: `site.office.telephone` must be a telephone number, e.g. "021 5550 1234", in quotes, not 3055501234',
      ],
    ],
    ...(
      [
        ['20270101', '20270101', ' (did you mean 2027-01-01?)'],
        ['46388', '46388', ' (did you mean 2027-01-01?)'],
        ['2027/1/1', '"2027/1/1"', ' (did you mean 2027-01-01?)'],
        ['"01.02.2027"', '"01.02.2027"', ' (did you mean 2027-01-02 or 2027-02-01?)'],
        ['2027', '2027', ''],
        ['true', 'true', ''],
        ['"New Year"', '"New Year"', ''],
      ] as const
    ).map(([written, shown, hint]): [string, string, string, string[]] => [
      `holiday ${written}`,
      'store:',
      `policy: { holidays: [${written}] }\nstore:`,
      [`16:22: \`policy.holidays.0\` must be a date such as 2020-10-01${hint}, not ${shown}`],
    ]),
    [
      'hours without quotes',
      'store:',
      'policy: { levels: { calm: { kinds: { resident: { hours: { in: 630 } } } } } }\nstore:',
      [
        '16:63: `policy.levels.calm.kinds.resident.hours.in` must be hours such as "daily 06:30-22:30" or "Mon-Fri 03:45-05:00; Sat,Sun 06:00-08:00" in quotes, not 630',
      ],
    ],
    [
      'level without quotes',
      'store:',
      'policy: { initialLevel: 1e5 }\nstore:',
      ['16:25: `policy.initialLevel` must be an id in quotes, not 100000'],
    ],
    [
      'name without quotes',
      ', name: North',
      ', name: 12',
      ['3:26: `gate.name` must be text in quotes, not 12'],
    ],
    [
      'time zone without quotes',
      'timeZone: Europe/Berlin',
      'timeZone: 8',
      ['2:45: `site.timeZone` must be the name of a time zone such as Asia/Shanghai in quotes, not 8'],
    ],
    [
      'words for a telephone number',
      'timeZone: Europe/Berlin }',
      'timeZone: Europe/Berlin, office: { telephone: call Mr Li } }',
      [
        '2:81: `site.office.telephone` must be a telephone number in quotes, e.g. "021 5550 1234", not "call Mr Li"',
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
