import type { z } from 'zod';
import { addressConflicts, homeAssistantConflicts } from './neighbours-section.ts';
import { DEFAULT_LEVEL } from './policy.ts';
import { pushConflicts } from './push-section.ts';
import { retentionConflicts } from './retention-section.ts';
import { scheduleConflicts } from './schedule-section.ts';
import type { Config, door } from './schema.ts';
import { uplinkConflicts } from './uplink-section.ts';
import { httpsConflicts } from './web-section.ts';
import type { ConfigPath } from './yaml-source.ts';

export interface Conflict {
  readonly path: ConfigPath;
  readonly message: string;
}

type Door = z.output<typeof door>;
type AccessPoint = Config['accessPoints'][string];

/**
 * The sections of a config that are valid by themselves; one with mistakes is absent, so that all mistakes show at
 * once.
 */
export interface SoundSections {
  /** Every door with a valid id, whether or not the rest of it is valid. */
  readonly doorIds: readonly string[];
  readonly doors: Readonly<Record<string, Door>>;
  readonly accessPoints: Readonly<Record<string, AccessPoint>>;
  readonly passes?: Config['passes'] | undefined;
  readonly policy?: Config['policy'] | undefined;
  readonly trust?: Config['trust'] | undefined;
  readonly screening?: Config['screening'] | undefined;
  readonly mqtt?: Config['mqtt'] | undefined;
  readonly uplink?: Config['uplink'] | undefined;
  /** Whether there is a section `mqtt`, with mistakes or without. */
  readonly hasBroker?: boolean;
  readonly web?: Config['web'] | undefined;
  readonly metrics?: Config['metrics'] | undefined;
  readonly homeassistant?: Config['homeassistant'] | undefined;
  readonly printer?: Config['printer'] | undefined;
  readonly push?: Config['push'] | undefined;
  readonly retention?: Config['retention'] | undefined;
  readonly muster?: Config['muster'] | undefined;
  readonly demo?: Config['demo'] | undefined;
}

/** Mistakes in the combination of two settings that are each allowed. */
export function findConflicts(parts: SoundSections): Conflict[] {
  return [
    ...unknownDoors(parts),
    ...callButtonsNowhere(parts),
    ...musterNowhere(parts),
    ...sharedPaths(parts),
    ...sharedLines(parts),
    ...screeningWithoutThermometer(parts, parts.screening, ['screening']),
    ...(parts.policy === undefined ? [] : policyLevels(parts, parts.policy)),
    ...(parts.screening === undefined ? [] : screeningLimits(parts.screening)),
    ...(parts.passes === undefined ? [] : issuers(parts.passes, parts)),
    ...(parts.trust === undefined ? [] : listsWithoutRoot(parts.trust)),
    ...(parts.mqtt === undefined ? [] : brokerSettings(parts.mqtt)),
    ...addressConflicts(parts),
    ...(parts.web === undefined ? [] : httpsConflicts(parts.web)),
    ...(parts.homeassistant === undefined
      ? []
      : homeAssistantConflicts(parts.homeassistant, parts.hasBroker ?? false)),
    ...(parts.push === undefined ? [] : pushConflicts(parts.push)),
    ...(parts.retention === undefined ? [] : retentionConflicts(parts.retention)),
    ...(parts.uplink === undefined ? [] : uplinkConflicts(parts.uplink, parts.hasBroker ?? false)),
    ...printerWithoutPasses(parts),
    ...panelWithRealDevices(parts),
  ];
}

interface Device {
  readonly path: ConfigPath;
  readonly simulated: boolean;
  readonly serialPath?: string;
  readonly line?: number;
}

interface DoorDevice {
  readonly driver?: string;
  readonly line?: number;
}

/** Every lock, contact, input, signal, scanner, thermometer, distance sensor and printer, in the order of the file. */
export function devicesOf(parts: Pick<SoundSections, 'doors' | 'accessPoints' | 'printer'>): Device[] {
  const atDoors = Object.entries(parts.doors).flatMap(([id, { lock, contact, inputs, signals }]) => [
    ...atDoor(['doors', id], { lock, contact }),
    ...atDoor(['doors', id, 'inputs'], inputs ?? {}),
    ...atDoor(['doors', id, 'signals'], signals ?? {}),
  ]);
  const atAccessPoints = Object.entries(parts.accessPoints).flatMap(
    ([id, { scanner, thermometer, distance }]) =>
      Object.entries({ scanner, thermometer, distance }).flatMap(([role, device]) =>
        device === undefined
          ? []
          : [
              {
                path: ['accessPoints', id, role],
                simulated: device.path === 'simulated',
                serialPath: device.path,
              },
            ],
      ),
  );
  const { printer } = parts;
  const atDesk =
    printer === undefined
      ? []
      : [{ path: ['printer'], simulated: printer.path === 'simulated', serialPath: printer.path }];
  return [...atDoors, ...atAccessPoints, ...atDesk];
}

function atDoor(path: ConfigPath, devices: Readonly<Record<string, DoorDevice | undefined>>): Device[] {
  return Object.entries(devices).flatMap(([role, device]) =>
    device === undefined
      ? []
      : [
          {
            path: [...path, role],
            simulated: device.driver === 'simulated',
            ...(device.line === undefined ? {} : { line: device.line }),
          },
        ],
  );
}

function unknownDoors({ accessPoints, doorIds }: SoundSections): Conflict[] {
  return Object.entries(accessPoints)
    .filter(([, { door }]) => !doorIds.includes(door))
    .map(([id, { door }]) => ({
      path: ['accessPoints', id, 'door'],
      message: `names \`${door}\`, but the doors are: ${doorIds.join(', ') || 'none'}`,
    }));
}

function musterNowhere({ muster, accessPoints }: SoundSections): Conflict[] {
  const known = Object.keys(accessPoints);
  return (muster?.accessPoints ?? []).flatMap((id, index) =>
    known.includes(id)
      ? []
      : [
          {
            path: ['muster', 'accessPoints', index],
            message: `names \`${id}\`, but the access points are: ${known.join(', ') || 'none'}`,
          },
        ],
  );
}

/**
 * The access point at which the button of a door calls the guard: the one it names, or the door's only way in, or its only
 * access point. Undefined: there is no button, or nobody can tell where it is.
 */
export function callPlace(
  door: string,
  button: { readonly accessPoint?: string } | undefined,
  accessPoints: Readonly<Record<string, Pick<AccessPoint, 'door' | 'direction'>>>,
): string | undefined {
  if (button === undefined) return undefined;
  const own = Object.entries(accessPoints).filter(([, point]) => point.door === door);
  if (button.accessPoint !== undefined) return own.find(([id]) => id === button.accessPoint)?.[0];
  const waysIn = own.filter(([, { direction }]) => direction === 'in');
  if (waysIn.length === 1) return waysIn[0]?.[0];
  return own.length === 1 ? own[0]?.[0] : undefined;
}

/** Whether a guard may answer by voice: the site wants it, and somebody can call. */
export function mayTalk({
  assist,
  doors,
  accessPoints,
}: Pick<Config, 'assist' | 'doors' | 'accessPoints'>): boolean {
  const hasButton = Object.entries(doors).some(
    ([id, { inputs }]) => callPlace(id, inputs?.callButton, accessPoints) !== undefined,
  );
  return assist.talk && (assist.screenButton || hasButton);
}

function callButtonsNowhere({ doors, accessPoints }: SoundSections): Conflict[] {
  return Object.entries(doors).flatMap(([id, { inputs }]) => {
    const button = inputs?.callButton;
    if (button === undefined || callPlace(id, button, accessPoints) !== undefined) return [];
    const own = Object.keys(accessPoints).filter((one) => accessPoints[one]?.door === id);
    const message = `must name the access point at which it is; those of this door are: ${own.join(', ') || 'none'}`;
    return [{ path: ['doors', id, 'inputs', 'callButton', 'accessPoint'], message }];
  });
}

function sharedPaths(parts: SoundSections): Conflict[] {
  return repeats(
    devicesOf(parts).filter(({ simulated }) => !simulated),
    ({ serialPath }) => serialPath,
  ).map(([device, first]) => ({
    path: [...device.path, 'path'],
    message: `is ${device.serialPath}, which ${dotted(first.path)} already uses; every device needs its own`,
  }));
}

function sharedLines(parts: SoundSections): Conflict[] {
  return repeats(devicesOf(parts), ({ line }) => line).map(([device, first]) => ({
    path: [...device.path, 'line'],
    message: `is ${device.line}, which ${dotted(first.path)} already uses; every device needs its own`,
  }));
}

type ScreeningModes = Pick<Config['screening'], 'in' | 'out' | 'kinds'>;

function screeningWithoutThermometer(
  { accessPoints, screening }: SoundSections,
  modes: ScreeningModes | undefined,
  at: ConfigPath,
): Conflict[] {
  // The guard measures by hand there.
  if (modes === undefined || screening?.contactReading.standsIn === true) return [];
  const blind = Object.entries(accessPoints).filter(([, { thermometer }]) => thermometer === undefined);
  const settings = [
    { path: [...at, 'in'], mode: modes.in, concerns: (way: string) => way === 'in' },
    { path: [...at, 'out'], mode: modes.out, concerns: (way: string) => way === 'out' },
    ...Object.entries(modes.kinds).map(([kind, mode]) => ({
      path: [...at, 'kinds', kind],
      mode,
      concerns: () => true,
    })),
  ];
  return settings
    .filter(({ mode }) => mode === 'enforce')
    .flatMap(({ path, concerns }) =>
      blind
        .filter(([, { direction }]) => concerns(direction))
        .map(([id]) => ({
          path,
          message: `is enforce, but nobody could pass at access point \`${id}\`, which has no thermometer: give it one, choose off or advise, or let the guard measure by hand (screening.contactReading.standsIn)`,
        })),
    );
}

function policyLevels(
  parts: SoundSections,
  { initialLevel, levels, schedule }: Config['policy'],
): Conflict[] {
  const names = [...new Set([DEFAULT_LEVEL, ...Object.keys(levels)])];
  const unknown = names.includes(initialLevel)
    ? []
    : [
        {
          path: ['policy', 'initialLevel'],
          message: `names \`${initialLevel}\`, but the levels are: ${names.join(', ')}`,
        },
      ];
  const blind = Object.entries(levels).flatMap(([name, { screening }]) =>
    screeningWithoutThermometer(parts, screening, ['policy', 'levels', name, 'screening']),
  );
  const scheduled =
    schedule === undefined
      ? []
      : scheduleConflicts(schedule, {
          initialLevel,
          levels: new Map(names.map((name) => [name, levels[name]?.gate === 'open'])),
        });
  return [...unknown, ...blind, ...scheduled];
}

function screeningLimits(screening: Config['screening']): Conflict[] {
  const { ambientMinC, ambientMaxC, skinMinC, skinMaxC, thresholdC, estimate, offsetC } = screening;
  const { standsIn, methods } = screening.contactReading;
  const conflicts: Conflict[] = [];
  if (standsIn && methods.length === 0) {
    conflicts.push({
      path: ['screening', 'contactReading', 'methods'],
      message: 'must name the thermometer with which the guard measures, because `standsIn` is true',
    });
  }
  if (ambientMinC >= ambientMaxC) {
    conflicts.push({
      path: ['screening', 'ambientMinC'],
      message: `must be below ambientMaxC (${ambientMaxC}), not ${ambientMinC}`,
    });
  }
  if (thresholdC <= skinMinC || thresholdC >= skinMaxC) {
    conflicts.push({
      path: ['screening', 'thresholdC'],
      message: `must lie between skinMinC (${skinMinC}) and skinMaxC (${skinMaxC}), not ${thresholdC}`,
    });
  }
  if (offsetC !== 0 && estimate !== 'offset') {
    conflicts.push({
      path: ['screening', 'offsetC'],
      message: `means nothing with \`estimate: ${estimate}\`; set \`estimate: offset\` or leave it out`,
    });
  }
  return conflicts;
}

function issuers(
  { issuers }: Config['passes'],
  { demo, trust }: Pick<SoundSections, 'demo' | 'trust'>,
): Conflict[] {
  if (issuers.length === 0 && demo?.panel === false && trust?.rootKey === undefined) {
    return [
      {
        path: ['passes', 'issuers'],
        message:
          'must name at least one issuer: without one no pass is believed (only the demo panel brings its own)',
      },
    ];
  }
  const numbered = issuers.map((issuer, index) => ({ ...issuer, index }));
  return repeats(numbered, ({ publicKey }) => publicKey).map(([{ index }, first]) => ({
    path: ['passes', 'issuers', index, 'publicKey'],
    message: `is the same key as that of issuer \`${first.name}\`; every issuer needs its own`,
  }));
}

function listsWithoutRoot({ rootKey, inboxFolder, required }: Config['trust']): Conflict[] {
  if (rootKey !== undefined) return [];
  const useless = [
    ...(inboxFolder === undefined ? [] : ['inboxFolder']),
    ...(required.length === 0 ? [] : ['required']),
  ];
  return useless.map((key) => ({
    path: ['trust', key],
    message: 'needs `rootKey` beside it: without a root key no signed list is taken',
  }));
}

type BrokerSettings = NonNullable<NonNullable<Config['mqtt']>['second']>;

function brokerSettings(mqtt: NonNullable<Config['mqtt']>): Conflict[] {
  const { url, second } = mqtt;
  const conflicts: Conflict[] = [];
  const say = (key: string, message: string) => conflicts.push({ path: ['mqtt', key], message });
  if (url === 'embedded') {
    if (mqtt.protocol === 5) say('protocol', 'must be 4 or left out: the embedded broker speaks MQTT 3.1.1');
    for (const key of ['username', 'passwordFile'] as const) {
      if (mqtt[key] !== undefined) say(key, 'must be left out: the embedded broker knows no users');
    }
    if (second !== undefined) say('second', 'must be left out: the embedded broker is always there');
  }
  const same = ({ url: address }: { url: string }) => address.toLowerCase().replace(/\/$/, '');
  if (second !== undefined && same(second) === same(mqtt))
    conflicts.push({ path: ['mqtt', 'second', 'url'], message: 'is the first broker again' });
  return [
    ...conflicts,
    ...loginConflicts(mqtt, ['mqtt']),
    ...(second === undefined ? [] : loginConflicts(second, ['mqtt', 'second'])),
  ];
}

function loginConflicts(broker: BrokerSettings, place: readonly string[]): Conflict[] {
  const conflicts: Conflict[] = [];
  const say = (key: string, message: string) => conflicts.push({ path: [...place, key], message });
  const { url } = broker;
  const port = /:(\d+)\/?$/.exec(url)?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    say('url', 'has a port beyond 1 to 65535');
  for (const key of ['caFile', 'certFile', 'keyFile'] as const) {
    if (broker[key] !== undefined && !url.startsWith('mqtts:'))
      say(key, 'is used only with an mqtts:// address');
  }
  if (broker.passwordFile !== undefined && broker.username === undefined)
    say('passwordFile', 'needs username beside it');
  if (broker.certFile !== undefined && broker.keyFile === undefined)
    say('certFile', 'needs keyFile beside it');
  if (broker.keyFile !== undefined && broker.certFile === undefined)
    say('keyFile', 'needs certFile beside it');
  return conflicts;
}

function printerWithoutPasses({ printer, passes }: SoundSections): Conflict[] {
  if (printer === undefined || passes === undefined || passes.atDesk !== undefined) return [];
  const message = 'prints the passes that the desk makes: it needs `passes.atDesk`, or has to be left out';
  return [{ path: ['printer'], message }];
}

function panelWithRealDevices(parts: SoundSections): Conflict[] {
  if (parts.demo?.panel !== true) return [];
  const real = devicesOf(parts).filter(({ simulated }) => !simulated);
  if (real.length === 0) return [];
  return [
    {
      path: ['demo', 'panel'],
      message: `is only for gates that are simulated throughout; real here: ${real.map(({ path }) => dotted(path)).join(', ')}`,
    },
  ];
}

/** Items whose key was seen before, each with the first one of that key; skips items without a key. */
function repeats<T>(items: readonly T[], keyOf: (item: T) => string | number | undefined): [T, T][] {
  const firsts = new Map<string | number, T>();
  return items.flatMap((item): [T, T][] => {
    const key = keyOf(item);
    if (key === undefined) return [];
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, item);
    return first === undefined ? [] : [[item, first]];
  });
}

function dotted(path: ConfigPath): string {
  return `\`${path.join('.')}\``;
}
