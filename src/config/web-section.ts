import { z } from 'zod';
import { canonicalName } from '../core/certificate/own-certificate.ts';
import { filePath, label } from './fields.ts';
import { isLoopback } from './neighbours-section.ts';
import type { ConfigPath } from './yaml-source.ts';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const ONLY_DIGITS = /^[0-9.]+$/;
const IP = z.union([z.ipv4(), z.ipv6()]);

const host = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be an address or a host name');

const port = z.number().int().min(0).max(65535);

const hostName = z
  .string()
  .toLowerCase()
  .refine(
    (name) => HOST_NAME.test(name) && !ONLY_DIGITS.test(name) && name !== 'localhost',
    'must be a host name such as gate.local, without a port; addresses stand in `addresses`',
  );

const address = z
  .string()
  .regex(/^[0-9A-Fa-f:.]{2,45}$/, {
    error: 'must be an IP address of this kiosk, such as 192.168.1.20',
    abort: true,
  })
  .refine((text) => IP.safeParse(text).success, 'must be an IP address of this kiosk, such as 192.168.1.20')
  .overwrite(canonicalName);

const https = z.strictObject({
  hostNames: z
    .array(hostName)
    .min(1)
    .max(8)
    .describe('Names by which guards open the screens, such as gate.local. The certificate is for these.'),
  addresses: z
    .array(address)
    .max(8)
    .default([])
    .describe('IP addresses by which they open them, only where they never change.'),
  host: host.default('0.0.0.0').describe('Address HTTPS is served on; :: for IPv6 as well.'),
  port: port.default(8443).describe('Port of HTTPS; 0 takes any free one.'),
  certFile: filePath
    .exactOptional()
    .describe(
      "Certificate by an authority of the site's own, PEM, with what stands between them behind it. If left out, the kiosk makes an authority and certificates of its own.",
    ),
  keyFile: filePath
    .exactOptional()
    .describe('Private key of certFile, PEM. Both files are read anew each minute.'),
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Browsers never again open these host names without HTTPS, nor past a warning, until the certificate ends (HSTS).',
    ),
});

const origin = z
  .string()
  .regex(
    /^https:\/\/[a-z0-9.-]{1,253}(:[0-9]{1,5})?$|^https:\/\/\[[0-9a-f:]{2,45}\](:[0-9]{1,5})?$/,
    'must be an origin in small letters, such as https://south.local:8443, without a path',
  );

const gates = z.strictObject({
  others: z
    .array(
      z.strictObject({
        name: label.describe('Name of the gate, as guards know it.'),
        url: origin.describe("Where its guard's page is, without a path, such as https://south.local:8443."),
      }),
    )
    .max(8)
    .default([])
    .describe(
      'Gates that the page /gates/ of this kiosk shows beside its own. Without any there is no such page.',
    ),
  watchedBy: z
    .array(origin)
    .max(8)
    .default([])
    .describe(
      'Kiosks whose page /gates/ may watch this gate, once a guard who is signed in here lets it. Nobody else ever can.',
    ),
});

/** The section `web`: the screens of guard and resident. */
export const web = z.strictObject({
  host: host.default('127.0.0.1').describe('Address the screens are served on without encryption.'),
  port: port.default(8080).describe('Port of the screens; 0 takes any free one.'),
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be an origin such as https://guard.example'))
    .max(16)
    .default([])
    .describe('Further origins from which the screens are opened, e.g. of a proxy in front.'),
  allowRemote: z
    .boolean()
    .default(false)
    .describe('Must be true to serve any address but loopback without encryption.'),
  gates: gates.exactOptional().describe('Several gates of the site on one page, for one guard.'),
  https: https
    .exactOptional()
    .describe(
      'The screens for other machines, encrypted; those without encryption are then on loopback alone.',
    ),
});

type Web = z.output<typeof web>;

/** Settings of the section that cannot work, or that serve more than was meant. */
export function httpsConflicts({ host: plainHost, port: plainPort, https: served }: Web): {
  readonly path: ConfigPath;
  readonly message: string;
}[] {
  if (served === undefined) return [];
  const { certFile, keyFile, port: securePort, strict } = served;
  const say = (key: string, message: string) => [{ path: ['web', 'https', key], message }];
  return [
    ...(isLoopback(plainHost)
      ? []
      : [
          {
            path: ['web', 'host'],
            message: `is ${plainHost}, which would be served without encryption beside \`https\`; leave it out: \`https.host\` serves the network`,
          },
        ]),
    ...(certFile !== undefined && keyFile === undefined ? say('certFile', 'needs keyFile beside it') : []),
    ...(keyFile !== undefined && certFile === undefined ? say('keyFile', 'needs certFile beside it') : []),
    ...(strict && certFile === undefined
      ? say('strict', 'needs certFile: a device could not fetch the authority of this kiosk past a warning')
      : []),
    ...(securePort !== 0 && securePort === plainPort
      ? say('port', `is ${securePort}, which the screens without encryption have (\`web.port\`)`)
      : []),
  ];
}
