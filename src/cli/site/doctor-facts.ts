import { findHeaderChip } from '../../../hardware/gpio/chip.ts';
import { loadOnoff } from '../../../hardware/gpio/gpio-line.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { MqttBroker } from '../../adapters/mqtt/mqtt-broker.ts';
import { lastBackup } from '../../adapters/sqlite/backup-book.ts';
import { readStoreChecks } from '../../adapters/sqlite/check-note.ts';
import { lookAtLog } from '../../adapters/sqlite/log-look.ts';
import { openReadOnly } from '../../adapters/sqlite/log-reader.ts';
import { readLacks } from '../../adapters/sqlite/receipt-book.ts';
import { readOwn } from '../../adapters/tls/own-files.ts';
import { mayTalk } from '../../config/conflicts.ts';
import { ledOf } from '../../config/devices.ts';
import { isLoopback } from '../../config/neighbours-section.ts';
import type { Config } from '../../config/schema.ts';
import { BUNDLE_TYPES } from '../../core/bundle/bundle.ts';
import { isGatepostError } from '../../core/errors.ts';
import { assemblePrinter } from '../../daemon/printer.ts';
import { assemblePush } from '../../daemon/push.ts';
import { SimulatedWorld } from '../../demo/simulated-devices.ts';
import { type BrokerFacts, readsOf } from '../../doctor/broker.ts';
import { type DeviceState, lastStates } from '../../doctor/device-states.ts';
import type { Installation } from '../../doctor/examine.ts';
import type { GpioUse } from '../../doctor/gpio.ts';
import type { HttpsFacts } from '../../doctor/https.ts';
import type { DeviceUse } from '../../doctor/machine.ts';
import type { PrinterLook } from '../../doctor/printer.ts';
import type { FileUse } from '../../doctor/secrets.ts';
import { readLists } from './doctor-lists.ts';

/**
 * The facts of a config that doctor checks against the machine.
 * @param service path of the config if it is the service's own, whose user must be able to read it
 */
export function factsOf(config: Config, service: string | undefined): NonNullable<Installation['config']> {
  return {
    isOfService: service !== undefined,
    files: [
      ...(service === undefined ? [] : [{ place: 'config', path: service, holds: 'settings' } as const]),
      ...filesOf(config),
    ],
    gpio: { uses: gpioUses(config), findChip: findHeaderChip, loadOnoff },
    devices: deviceUses(config),
    ...(config.printer?.tellsStatus && { printer: () => lookAtPrinter(config) }),
    log: {
      folder: config.store.folder,
      look: () => lookAtLog(config.store.folder),
      readChecks: () => readStoreChecks(config.store.folder),
      readLists: () => readLists(config),
      readStates: () => readStates(config.store.folder),
    },
    backups: {
      ...{ recipient: config.backup.recipient, warnAfterDays: config.backup.warnAfterDays },
      problemOf: async (recipient) =>
        (await import('../../adapters/age/sealed-backup.ts')).recipientProblem(recipient),
      lastMs: () => lastBackup(config.store.folder)?.atMs,
    },
    ...(config.uplink.servers.length === 0
      ? {}
      : {
          servers: {
            lateAfterHours: config.uplink.lateAfterHours,
            lacks: () => readLacks(config.store.folder, config.uplink.servers),
          },
        }),
    web: { host: config.web.host, port: config.web.port, talk: mayTalk(config) },
    https: httpsFacts(config),
    brokers: brokersOf(config),
    push: Object.entries(assemblePush(config)?.senders ?? {}).map(([person, sender]) => ({
      person,
      place: sender.place,
      check: (signal) => sender.check(signal),
    })),
  };
}

/** Every lock, contact, input and signal on the header. */
export function gpioUses({ doors }: Config): GpioUse[] {
  return Object.entries(doors).flatMap(([id, { lock, contact, inputs = {}, signals = {} }]) => [
    ...(lock.driver === 'simulated'
      ? []
      : [
          {
            place: `doors.${id}.lock`,
            driver: lock.driver,
            led: (lock.driver === 'leds' ? lock.led : undefined) ?? ledOf(id),
            ...('line' in lock ? { line: lock.line } : {}),
          },
        ]),
    ...(contact === undefined || contact.driver === 'simulated'
      ? []
      : [{ place: `doors.${id}.contact`, driver: contact.driver, line: contact.line }]),
    ...Object.entries(inputs).flatMap(([name, input]) =>
      'line' in input
        ? [{ place: `doors.${id}.inputs.${name}`, driver: 'auto' as const, line: input.line }]
        : [],
    ),
    ...Object.entries(signals).map(([name, { line }]) => ({
      place: `doors.${id}.signals.${name}`,
      driver: 'auto' as const,
      led: ledOf(id, name),
      line,
    })),
  ]);
}

/** Every device that is a node in /dev, and cameras that their program finds. */
function deviceUses({ accessPoints, printer }: Config): DeviceUse[] {
  const atDesk =
    printer === undefined || printer.path === 'simulated'
      ? []
      : [{ place: 'printer', path: printer.path, driver: printer.driver }];
  const atAccessPoints = Object.entries(accessPoints).flatMap(([id, { scanner, thermometer, distance }]) =>
    Object.entries({ scanner, thermometer, distance }).flatMap(([role, device]): DeviceUse[] => {
      if (device === undefined || device.path === 'simulated') return [];
      const { path, driver } = device;
      const source = 'source' in device ? { source: device.source } : {};
      return [{ place: `accessPoints.${id}.${role}`, path, driver, ...source }];
    }),
  );
  return [...atAccessPoints, ...atDesk];
}

const MQTT_FILES = [
  ['passwordFile', 'password'],
  ['keyFile', 'key'],
  ['certFile', 'certificate'],
  ['caFile', 'authority'],
] as const;

function httpsFacts({ web, store }: Config): HttpsFacts {
  const { https, host } = web;
  return {
    ...(isLoopback(host) ? {} : { plainHost: host }),
    ...(https !== undefined && https.certFile === undefined
      ? {
          own: () => readOwn(store.folder)?.screens,
        }
      : {}),
  };
}

function filesOf({ mqtt, web, push }: Config): FileUse[] {
  const filesAt = (place: string, broker: Partial<Record<(typeof MQTT_FILES)[number][0], string>> = {}) =>
    MQTT_FILES.flatMap(([name, holds]): FileUse[] => {
      const path = broker[name];
      return path === undefined ? [] : [{ place: `${place}.${name}`, path, holds }];
    });
  const { certFile, keyFile } = web.https ?? {};
  const { first, second } = push ?? {};
  const topicFiles = (place: string, topic: typeof first): FileUse[] => [
    ...(topic?.tokenFile === undefined
      ? []
      : [{ place: `${place}.tokenFile`, path: topic.tokenFile, holds: 'password' } as const]),
    ...(topic?.caFile === undefined
      ? []
      : [{ place: `${place}.caFile`, path: topic.caFile, holds: 'authority' } as const]),
  ];
  return [
    ...filesAt('mqtt', mqtt),
    ...filesAt('mqtt.second', mqtt?.second),
    ...topicFiles('push.first', first),
    ...topicFiles('push.second', second),
    ...filesAt('web.https', { ...(certFile && { certFile }), ...(keyFile && { keyFile }) }),
  ];
}

function brokersOf({ site, gate, mqtt, trust, uplink }: Config): readonly BrokerFacts[] {
  if (mqtt === undefined || mqtt.url === 'embedded') return [];
  const { embeddedPort: _port, second, ...first } = mqtt;
  return [first, second ?? []].flat().map((settings) => ({
    // Not the gate's own client id: a second client of that name would disconnect the running gate.
    broker: new MqttBroker({ ...settings, clientId: `${gate.id}-doctor` }),
    protocol: settings.protocol,
    root: `gates/v1/${site.id}/${gate.id}`,
    lists: trust.rootKey === undefined ? [] : BUNDLE_TYPES.map((type) => `gates/v1/${site.id}/_dist/${type}`),
    reads: readsOf(
      { site: site.id, gate: gate.id },
      { servers: uplink.servers.length > 0, commands: trust.rootKey !== undefined },
    ),
  }));
}

/** Rows searched for the last event of each device: some days of a busy gate. */
const STATE_ROWS = 5_000;

/** The last state of each scanner and sensor; none where the log cannot be read, which is said where it is looked at. */
export function readStates(folder: string): readonly DeviceState[] {
  try {
    const reader = openReadOnly(folder);
    try {
      return lastStates(reader.newest(STATE_ROWS));
    } finally {
      reader.close();
    }
  } catch {
    return [];
  }
}

/** Asks the printer how it is, as the gate does. */
async function lookAtPrinter(config: Config): Promise<PrinterLook | undefined> {
  const clock = new SystemClock();
  const printer = assemblePrinter({ config, clock, world: new SimulatedWorld() });
  if (printer === undefined || printer.simulated) return undefined;
  let tell: (look: PrinterLook) => void = () => undefined;
  const told = new Promise<PrinterLook>((resolve) => {
    tell = resolve;
  });
  try {
    const link = await printer.open((trouble) => tell(trouble ?? 'well'), new AbortController().signal);
    void link.closed.then(() => tell('silent'));
    const look = await told;
    await link.close();
    return look;
  } catch (error) {
    if (isGatepostError(error, 'device.busy')) return 'held';
    if (isGatepostError(error)) return undefined;
    throw error;
  }
}
