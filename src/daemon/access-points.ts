import { randomBytes, randomUUID } from 'node:crypto';
import type { DecisionBoard } from '../app/board/decision-board.ts';
import type { Door } from '../app/door/door.ts';
import { AccessPoint } from '../app/passage/access-point.ts';
import { AccessPointScreens } from '../app/passage/access-point-screens.ts';
import { PassageEvaluator } from '../app/passage/evaluator.ts';
import { OpenGate, OpenLevel } from '../app/passage/open-gate.ts';
import { PassageBoard } from '../app/passage/passage-board.ts';
import { ScanLockout } from '../app/passage/scan-lockout.ts';
import { ServiceSwitch } from '../app/passage/service-switch.ts';
import { ScreeningStation } from '../app/screening/screening-station.ts';
import type { Config } from '../config/schema.ts';
import { GatepostError } from '../core/errors.ts';
import type { Trust } from '../core/pass/read-pass.ts';
import type { GuardAttendance } from '../ports/guard-desk.ts';
import type { HolderRegister } from '../ports/holder-register.ts';
import type { ResidentPrompt } from '../ports/resident-prompt.ts';
import type { DaemonContext } from './context.ts';
import type { AssembledRules } from './rules.ts';
import { assembleScanner } from './scanners.ts';
import { assembleDistance, assembleThermometer } from './sensors.ts';
import { passageTimes, screeningSettings } from './settings.ts';

const DIGEST_SALT_BYTES = 32;

interface AccessPointSurroundings {
  readonly doors: ReadonlyMap<string, { readonly door: Door }>;
  readonly prompt: ResidentPrompt;
  readonly guardPresence: GuardAttendance;
  readonly board: DecisionBoard;
  readonly holders: HolderRegister;
  readonly trust: () => Trust;
  readonly rules: AssembledRules;
}

/** The access points of the config with their scanners and thermometers, by id. */
export function assembleAccessPoints(
  parts: DaemonContext,
  around: AccessPointSurroundings,
): ReadonlyMap<string, AccessPoint> {
  const digestSalt = randomBytes(DIGEST_SALT_BYTES);
  return new Map(
    Object.keys(parts.config.accessPoints).map((id) => [id, assembleOne(id, parts, around, digestSalt)]),
  );
}

function assembleOne(
  id: string,
  parts: DaemonContext,
  around: AccessPointSurroundings,
  digestSalt: Uint8Array,
): AccessPoint {
  const { config, clock, standstills, logger, notes, state, store, attention } = parts;
  const entry = entryOf(config, id);
  const door = around.doors.get(entry.door)?.door;
  if (door === undefined) throw new GatepostError('internal', `The access point ${id} has no door.`);
  const accessPoint = { id, door: entry.door, direction: entry.direction };
  const service = new ServiceSwitch({ accessPoint, log: store.log, clock, state });
  const reader = assembleScanner(id, entry.scanner, parts);
  const thermometer =
    entry.thermometer === undefined ? undefined : assembleThermometer(id, entry.thermometer, parts);
  const distance = entry.distance === undefined ? undefined : assembleDistance(id, entry.distance, parts);
  const screening = new ScreeningStation({
    accessPoint: id,
    ...(thermometer === undefined ? {} : { thermometer }),
    ...(distance === undefined ? {} : { distance }),
    settings: screeningSettings(config),
    supervision: parts,
  });
  const { rules, holders, levels } = around.rules;
  const lockOut = new ScanLockout({
    clock,
    rule: () => rules.level.lockOut,
    onBegin: (untilMs) => attention.lockedOut(id, clock.read().wallMs, untilMs),
    onEnd: (byItself) => attention.lockOutOver(id, byItself),
  });
  const screens = new AccessPointScreens({
    accessPoint,
    simulated:
      [reader, thermometer, distance].some((device) => device?.simulated) ||
      isSimulatedDoor(config, entry.door),
    clock,
    prompt: around.prompt,
    state,
    board: around.board,
    holders: around.holders,
    guardPresence: around.guardPresence,
  });
  distance?.onChange((nearness) => screens.standsAt(nearness));
  const times = passageTimes(config, entry.door);
  return new AccessPoint({
    facts: accessPoint,
    times,
    recordDegrees: config.screening.record === 'value',
    reader,
    screening,
    door,
    screens,
    board: new PassageBoard({ clock, board: around.board, attention, holders: around.holders }),
    evaluator: new PassageEvaluator({
      accessPoint,
      service,
      site: config.site.id,
      gate: config.gate.id,
      timeZone: config.site.timeZone,
      trust: around.trust,
      policy: () => rules.level,
      passMemory: store.passMemory,
      holders,
      lockOut,
      log: store.log,
      door,
      screening,
      clock,
      digestSalt,
    }),
    openGate: new OpenGate({
      way: new OpenLevel({
        accessPoint,
        level: () => rules.level,
        door,
        notes,
        today: (reading) => holders.today(reading),
        logger,
      }),
      service,
      screens,
      greetMs: times.releaseMs,
      clock,
    }),
    lockOut,
    service,
    onCounted: () => levels.publish(),
    notes,
    supervision: parts,
    clock,
    standstills,
    logger,
    newId: randomUUID,
  });
}

function entryOf(config: Config, id: string): Config['accessPoints'][string] {
  const entry = config.accessPoints[id];
  if (entry === undefined) throw new GatepostError('internal', `There is no access point ${id}.`);
  return entry;
}

function isSimulatedDoor(config: Config, door: string): boolean {
  return config.doors[door]?.lock.driver === 'simulated';
}
