import { PAPER_DOTS } from '../../hardware/printer-escpos/driver.ts';
import type { GateSettings } from '../app/gate/gate-ports.ts';
import { callPlace, devicesOf, mayTalk } from '../config/conflicts.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { policyOf } from '../config/policy.ts';
import type { Config } from '../config/schema.ts';
import type { TrustedKey } from '../core/pass/pass.ts';
import { noticeOf, type PrivacyNotice } from '../core/report/privacy-notice.ts';
import type { ContactSettings } from '../core/screening/contact-reading.ts';
import type { ScreeningSettings } from '../core/screening/screening.ts';
import type { SiteFacts } from '../ports/gate-state.ts';
import { listSettings } from './bundle-tools.ts';

const LOOK_EVERY_MS = 5_000;

/** Languages of the screens, the config's own first. */
export function languages({ language }: Config): readonly string[] {
  return [language, ...['zh-CN', 'zh-TW', 'en'].filter((other) => other !== language)];
}

/** How the resident's screen speaks; nothing where it is switched off. */
export function spokenBy({ speech }: Config) {
  const { enabled, folder: _atTheKiosk, ...told } = speech;
  return enabled ? { speech: told } : {};
}

/** The screening section of the config in the units and names of core and app. */
function screeningSettings({ screening }: Config): ScreeningSettings {
  const {
    in: _in,
    out: _out,
    kinds: _kinds,
    contactReading: _byHand,
    elevatedSheet: _sheet,
    coldWaitSeconds,
    repeatAfterSeconds,
    ...rest
  } = screening;
  return { ...rest, coldWaitMs: coldWaitSeconds * 1000, repeatAfterMs: repeatAfterSeconds * 1000 };
}

function contactSettings({ screening }: Config): ContactSettings {
  const { methods, thresholdsC } = screening.contactReading;
  return { methods, thresholdsC };
}

/** Whether any device or lock of the config is simulated; every screen then shows it. */
export function isSimulated(config: Config): boolean {
  return devicesOf(config).some(({ simulated }) => simulated);
}

/** The settings of the gate, from its config. @param configured keys that count beside those of a signed list */
export function gateSettings(
  { config, digest }: LoadedConfig,
  software: string,
  configured: readonly TrustedKey[],
): GateSettings {
  return {
    site: siteFacts(config, software),
    configDigest: digest,
    policy: policyOf(config),
    untrustedRecords: config.passes.untrustedRecords,
    screening: screeningSettings(config),
    contactReading: contactSettings(config),
    doors: new Map(
      Object.entries(config.doors).map(([id, door]) => [
        id,
        { ...doorSettings(door), ...callsFrom(id, config) },
      ]),
    ),
    accessPoints: Object.entries(config.accessPoints).map(([id, { door, direction }]) => ({
      id,
      door,
      direction,
    })),
    lists: listSettings(config, configured),
    retention: retentionSettings(config),
    backups: {
      warnAfterDays: config.backup.recipient === undefined ? undefined : config.backup.warnAfterDays,
    },
    uplink: {
      servers: config.uplink.servers,
      lateAfterMs: config.uplink.lateAfterHours * HOUR_MS,
      replayPerSecond: config.uplink.replayPerSecond,
    },
    privacy: {
      selfService: config.privacy.selfService,
      requestMs: config.privacy.requestDays * DAY_MS,
    },
    assist: { answerMs: config.assist.answerSeconds * 1000, talk: mayTalk(config) },
    siteOrders: config.siteOrders,
    muster: musterSettings(config),
    deskPassMs: (config.passes.atDesk?.longestHours ?? 0) * HOUR_MS,
    ...(config.homeassistant.discovery ? { homeAssistant: config.homeassistant } : {}),
    lookEveryMs: LOOK_EVERY_MS,
  };
}

function musterSettings({ muster: { atFire, accessPoints, keptHours } }: Config): GateSettings['muster'] {
  return { atFire, keptMs: keptHours * HOUR_MS, ...(accessPoints === undefined ? {} : { accessPoints }) };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function retentionSettings({ retention: kept }: Config): GateSettings['retention'] {
  return {
    screeningMs: kept.screeningHours * HOUR_MS,
    accessMs: kept.accessDays * DAY_MS,
    operatorMs: kept.operatorDays * DAY_MS,
    reducedMs: kept.reducedDays * DAY_MS,
    visitMs: kept.visitorDays * DAY_MS,
    vehicleMs: kept.vehicleDays * DAY_MS,
    deliveryMs: kept.deliveryDays * DAY_MS,
    orderMs: kept.orderDays * DAY_MS,
    countDays: kept.countDays,
  };
}

/** What people at the gate are told: for how long is said by the settings that end it. */
export function noticeSettings(config: Config): PrivacyNotice {
  const { site, privacy, accessPoints, screening, backup, mqtt } = config;
  const { controller = site.name, purpose, more } = privacy.notice;
  return noticeOf(retentionSettings(config), {
    controller,
    office: site.office,
    measures:
      screening.contactReading.standsIn ||
      Object.values(accessPoints).some(({ thermometer }) => thermometer !== undefined),
    recordsDegrees: screening.record === 'value',
    simulated: isSimulated(config),
    copies: [
      ...(backup.recipient === undefined ? [] : (['backup'] as const)),
      ...(mqtt === undefined ? [] : (['servers'] as const)),
    ],
    selfService: privacy.selfService,
    purpose,
    more,
  });
}

function doorSettings({
  name,
  releaseSeconds,
  heldOpenSeconds,
  passageSeconds,
  inputs,
}: Config['doors'][string]) {
  return {
    name,
    releaseMs: releaseSeconds * 1000,
    heldOpenMs: heldOpenSeconds * 1000,
    passageMs: passageSeconds * 1000,
    exitReleases: inputs?.exitButton?.release ?? false,
  };
}

/** Where the button that calls the guard is: the conflicts of the config have made sure that there is such a place. */
function callsFrom(door: string, config: Config): { callsFrom?: string } {
  const place = callPlace(door, config.doors[door]?.inputs?.callButton, config.accessPoints);
  return place === undefined ? {} : { callsFrom: place };
}

function siteFacts(config: Config, software: string): SiteFacts {
  return {
    site: config.site.id,
    gate: config.gate.id,
    name: `${config.site.name}, ${config.gate.name}`,
    timeZone: config.site.timeZone,
    software,
    simulated: isSimulated(config),
    recordsDegrees: config.screening.record === 'value',
    desk: config.desk,
    ...(config.gate.post === undefined ? {} : { post: config.gate.post }),
    ...(config.passes.atDesk && { deskPassHours: config.passes.atDesk.longestHours }),
    ...(config.printer && { printer: { dots: PAPER_DOTS[config.printer.widthMm] } }),
    contactReading: contactSettings(config),
    elevatedSheet: elevatedSheet(config),
  };
}

/** What the site says of an elevated contact reading; the office is called where it names nobody. */
function elevatedSheet({ screening, site }: Config): NonNullable<SiteFacts['elevatedSheet']> {
  const { steps, calls } = screening.elevatedSheet;
  if (calls.length > 0 || site.office === undefined) return { steps, calls };
  return { steps, calls: [{ telephone: site.office.telephone }] };
}
