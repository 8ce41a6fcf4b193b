import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { TalkDesk } from '../../ports/talk.ts';
import { AccessPoint } from '../passage/access-point.ts';
import { AccessPointScreens } from '../passage/access-point-screens.ts';
import { PassageEvaluator } from '../passage/evaluator.ts';
import { OpenGate, OpenLevel } from '../passage/open-gate.ts';
import { PassageBoard } from '../passage/passage-board.ts';
import { Rehearsal } from '../passage/rehearsal.ts';
import { ScanLockout } from '../passage/scan-lockout.ts';
import { SelfService } from '../passage/self-service.ts';
import { ServiceSwitch } from '../passage/service-switch.ts';
import { DistanceWatch } from '../screening/distance-watch.ts';
import { ScreeningStation } from '../screening/screening-station.ts';
import { known, passageTimes } from './gate-doors.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';
import type { GateRules } from './gate-rules.ts';

/** The access points with their scanners and thermometers, by id. */
export function makeAccessPoints(
  ports: GatePorts,
  settings: GateSettings,
  rules: GateRules,
): ReadonlyMap<string, AccessPoint> {
  return new Map(
    settings.accessPoints.map((view) => [view.id, makeAccessPoint(view, ports, settings, rules)]),
  );
}

function makeAccessPoint(
  accessPoint: AccessPointFacts,
  ports: GatePorts,
  settings: GateSettings,
  rules: GateRules,
): AccessPoint {
  const { id } = accessPoint;
  const { clock, store } = ports;
  const { site } = settings;
  const {
    log,
    notes,
    attention,
    board,
    lists,
    register,
    inForce,
    holders,
    levels,
    requests,
    visits,
    musters,
  } = rules;
  const { reader, thermometer, distance: distanceDevice } = known(ports.accessPoints, id);
  const door = known(rules.doors, accessPoint.door);
  const parts = { ...ports, notes };
  const distance =
    distanceDevice && new DistanceWatch({ accessPoint: id, supervision: parts, ...distanceDevice });
  const screening = new ScreeningStation({
    accessPoint: id,
    ...(thermometer === undefined ? {} : { thermometer }),
    ...(distance === undefined ? {} : { distance }),
    settings: settings.screening,
    supervision: parts,
  });
  const lockOut = new ScanLockout({
    clock,
    rule: () => inForce.level.lockOut,
    onBegin: (untilMs) => attention.lockedOut(id, clock.read().wallMs, untilMs),
    onEnd: (byItself) => attention.lockOutOver(id, byItself),
  });
  const { actuator } = known(ports.doors, accessPoint.door);
  const screens = new AccessPointScreens({
    ...ports,
    accessPoint,
    simulated: [reader, thermometer, distance, actuator].some((device) => device?.simulated),
    recordsDegrees: site.recordsDegrees && thermometer !== undefined,
    board,
    holders: register,
  });
  screening.onGuidance((guidance) => screens.guides(guidance));
  const times = passageTimes(settings, accessPoint.door);
  const service = new ServiceSwitch({ ...ports, accessPoint, log });
  const common = { ...parts, accessPoint, door, service };
  const evaluator = new PassageEvaluator({
    ...common,
    site: site.site,
    gate: site.gate,
    timeZone: site.timeZone,
    trust: () => lists.trust,
    policy: () => inForce.level,
    passMemory: store.passMemory,
    holders,
    lockOut,
    log,
    screening,
  });
  return new AccessPoint({
    ...common,
    facts: accessPoint,
    times,
    recordDegrees: site.recordsDegrees,
    contactReading: settings.contactReading,
    reader,
    screening,
    screens,
    board: new PassageBoard({ clock, board, attention, holders: register }),
    evaluator,
    selfService: new SelfService({
      ...common,
      settings: {
        isOn: settings.privacy.selfService,
        times: { ...settings.retention, musterMs: settings.muster.keptMs },
      },
      timeZone: site.timeZone,
      screens,
      evaluator,
      lockOut,
      records: store.passRecords,
      requests,
      isPublished: ports.broker !== undefined,
    }),
    openGate: new OpenGate({
      way: new OpenLevel({ ...common, level: () => inForce.level, quarter: holders.quarter.bind(holders) }),
      service,
      screens,
      greetMs: times.releaseMs,
      clock,
    }),
    lockOut,
    musters,
    assist: settings.assist,
    attention,
    log,
    onCounted: (passId) => {
      levels.publish();
      visits.moved(passId);
    },
    supervision: parts,
  });
}

/** Dry runs of a passage at one of the access points, where they are wanted. */
export function makeRehearsal(
  ports: GatePorts,
  settings: GateSettings,
  rules: GateRules,
  isBusy: () => boolean,
): Rehearsal | undefined {
  const [accessPoint] = settings.accessPoints;
  const { rehearsal: rehearsed } = ports;
  if (accessPoint === undefined || rehearsed === undefined) return undefined;
  const { site } = settings;
  return new Rehearsal({
    ...ports,
    accessPoint,
    times: passageTimes(settings, accessPoint.door),
    ...site,
    recordDegrees: site.recordsDegrees,
    door: known(rules.doors, accessPoint.door),
    policy: () => rules.inForce.level,
    holders: rules.holders,
    passMemory: ports.store.passMemory,
    log: rules.log,
    rehearsed,
    isBusy,
  });
}

/** Brings what pages say about a talk to the access point it is about. Where the site wants no talk, nobody listens. */
export function talkDesk(accessPoints: ReadonlyMap<string, Pick<AccessPoint, 'guardCall'>>): TalkDesk {
  const at = (accessPoint: string) => accessPoints.get(accessPoint)?.guardCall.talk;
  const everywhere = () => [...accessPoints.keys()].map(at);
  return {
    fromResident: (accessPoint, screen, said) => at(accessPoint)?.take({ from: 'resident', screen, said }),
    fromGuard: (operator, screen, said, accessPoint) => {
      for (const line of accessPoint === undefined ? everywhere() : [at(accessPoint)])
        line?.take({ from: 'guard', screen, operator, said });
    },
    gone: (screen) => {
      for (const line of everywhere()) line?.take({ from: 'screens', gone: screen });
    },
  };
}
