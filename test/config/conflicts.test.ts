import { describe, expect, it } from 'vitest';
import { mistakesAfter } from './sound-config.ts';

describe('settings that are each allowed and do not go together', () => {
  const SCANNER = 'scanner: { driver: serial, path: /dev/ttyACM0 }';
  it.each<[string, string, string, string[]]>([
    [
      'unknown door',
      'door: main',
      'door: mian',
      ['10:11: `accessPoints.way-in.door` names `mian`, but the doors are: main'],
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
      '    - { name: B, publicKey: 7BE3357C561A025031960F9E0FC3C08AFE453A7669026C68E43BF969965E88F2 }\nstore:',
      [
        '16:29: `passes.issuers.1.publicKey` is the same key as that of issuer `Office`; every issuer needs its own',
      ],
    ],
    [
      'no issuer',
      '\n    - { name: Office, publicKey: e-M1fFYaAlAxlg-eD8PAiv5FOnZpAmxo5Dv5aZZeiPI }',
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
        '16:18: `screening.in` is enforce, but nobody could pass at access point `way-in`, which has no thermometer: give it one, choose off or advise, or let the guard measure by hand (screening.contactReading.standsIn)',
      ],
    ],
    [
      'enforce for a kind without thermometer',
      'store:',
      'screening: { kinds: { worker: enforce } }\nstore:',
      [
        '16:31: `screening.kinds.worker` is enforce, but nobody could pass at access point `way-in`, which has no thermometer: give it one, choose off or advise, or let the guard measure by hand (screening.contactReading.standsIn)',
      ],
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
      'measured by hand without a thermometer',
      'store:',
      'screening: { in: enforce, contactReading: { standsIn: true, methods: [] } }\nstore:',
      [
        '16:61: `screening.contactReading.methods` must name the thermometer with which the guard measures, because `standsIn` is true',
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
      'the first broker as the second',
      'store:',
      'mqtt: { url: mqtt://H, second: { url: mqtt://h/ } }\nstore:',
      ['16:39: `mqtt.second.url` is the first broker again'],
    ],
    [
      'a second broker with a certificate and no key',
      'store:',
      'mqtt: { url: mqtt://h, second: { url: mqtts://b, certFile: c } }\nstore:',
      ['16:60: `mqtt.second.certFile` needs keyFile beside it'],
    ],
    [
      'a second broker beside the embedded one',
      'store:',
      'mqtt: { url: embedded, second: { url: mqtt://b } }\nstore:',
      ['16:24: `mqtt.second` must be left out: the embedded broker is always there'],
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
      'figures open to all',
      'store:',
      'metrics: { host: "::" }\nstore:',
      [
        '16:18: `metrics.host` is ::, which other machines can reach; if that is meant, set `allowRemote: true` beside it, else 127.0.0.1',
      ],
    ],
    [
      'figures where the screens are',
      'store:',
      'metrics: { port: 8080 }\nstore:',
      ['16:18: `metrics.port` is 8080, which the screens have (`web.port`)'],
    ],
    [
      'screens without encryption beside those with it',
      'store:',
      'web: { host: 0.0.0.0, port: 8443, https: { hostNames: [Gate.local], certFile: a, keyFile: b } }\nstore:',
      [
        '16:14: `web.host` is 0.0.0.0, which would be served without encryption beside `https`; leave it out: `https.host` serves the network',
        '16:35: `web.https.port` is 8443, which the screens without encryption have (`web.port`)',
      ],
    ],
    [
      'figures where the encrypted screens are',
      'store:',
      'web: { https: { hostNames: [gate.local], certFile: a, keyFile: b } }\nmetrics: { port: 8443 }\nstore:',
      ['17:18: `metrics.port` is 8443, which the screens have (`web.https.port`)'],
    ],
    [
      'half a pair, and browsers that could not fetch the authority',
      'store:',
      'web: { https: { hostNames: [gate.local], keyFile: b, strict: true } }\nstore:',
      [
        '16:51: `web.https.keyFile` needs certFile beside it',
        '16:62: `web.https.strict` needs certFile: a device could not fetch the authority of this kiosk past a warning',
      ],
    ],
    [
      'names of a certificate that are none',
      'store:',
      'web: { https: { hostNames: [gate.local:8443, 192.168.1.20, localhost], addresses: [gate, "::1:"], certFile: a, keyFile: b } }\nstore:',
      [
        '16:29: `web.https.hostNames.0` must be a host name such as gate.local, without a port; addresses stand in `addresses`, not "gate.local:8443"',
        '16:46: `web.https.hostNames.1` must be a host name such as gate.local, without a port; addresses stand in `addresses`, not "192.168.1.20"',
        '16:60: `web.https.hostNames.2` must be a host name such as gate.local, without a port; addresses stand in `addresses`, not "localhost"',
        '16:84: `web.https.addresses.0` must be an IP address of this kiosk, such as 192.168.1.20, not "gate"',
        '16:90: `web.https.addresses.1` must be an IP address of this kiosk, such as 192.168.1.20, not "::1:"',
      ],
    ],
    [
      'Home Assistant without a broker',
      'store:',
      'homeassistant: { discovery: true }\nstore:',
      [
        '16:29: `homeassistant.discovery` needs the section `mqtt`: Home Assistant is told through the broker',
      ],
    ],
    [
      'a lock that Home Assistant does not know',
      'store:',
      'mqtt: { url: mqtts://h }\nhomeassistant: { unlock: true }\nstore:',
      [
        '17:26: `homeassistant.unlock` needs `discovery: true` beside it: without it Home Assistant knows no lock',
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
  ])('%s', (_, from, to, expected) => {
    expect(mistakesAfter(from, to)).toEqual(expected);
  });
});

it.each([
  ['https://south.local:8443', undefined],
  ['https://[fd00::12]:8443', undefined],
  ['http://south.local:8443', 'must be an origin in small letters'],
  ['https://south.local:8443/guard/', 'must be an origin in small letters'],
  ['https://*.local', 'must be an origin in small letters'],
  ['null', 'must be an origin in small letters'],
])('a gate that may be watched by %s', (origin, mistake) => {
  const mistakes = mistakesAfter('store:', `web: { gates: { watchedBy: ["${origin}"] } }\nstore:`);
  expect(mistakes).toEqual(mistake === undefined ? [] : [expect.stringContaining(mistake)]);
});
