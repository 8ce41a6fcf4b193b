import type { DoorAlarm, DoorMode, DoorPhysicalState, DoorTamper, SiteOrder } from '../access/vocabulary.ts';
import {
  type DoorRefusal,
  type DoorVerb,
  modeAfterOrder,
  refusedBySite,
  type StandingMode,
} from './door-orders.ts';

/** How long a door is open: `counting` and `preAlarm` wait for the held timer, `tooLong` has raised its alarm. */
export type HeldOpen = 'none' | 'counting' | 'preAlarm' | 'tooLong';

/** The state of a door. Its DoorMode is modeOf(). */
export interface DoorState extends StandingMode {
  /** A momentary access is under way. */
  readonly accessed: boolean;
  /** A person leaves by the exit button in the wire of the lock. */
  readonly leaving: boolean;
  readonly physical: DoorPhysicalState;
  readonly alarm: DoorAlarm;
  readonly held: HeldOpen;
  /** `Unknown` as well if there is no switch. */
  readonly tamper: DoorTamper;
  /** The fire alarm has cut the power of the lock. */
  readonly fire: boolean;
  /** The centre's order to the whole site lies over everything that was ordered of this door. */
  readonly site: SiteOrder;
}

/** Inputs of a door besides its own contact. */
export const DOOR_SWITCHES = ['tamper', 'fire'] as const;
export type DoorSwitch = (typeof DOOR_SWITCHES)[number];
/** All further wired inputs of a door. */
export const INPUT_KINDS = ['exitButton', 'callButton', ...DOOR_SWITCHES] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** What a momentary access goes over. */
export interface AccessRight {
  /** A block: for an emergency. A lockdown does not yield to it. */
  readonly overBlock?: boolean;
  /** The site's lockdown: a guard lets somebody out. A lockdown that was ordered of this door does not yield to it. */
  readonly overSite?: boolean;
}

export type DoorInput =
  | ({ readonly kind: 'access' } & AccessRight)
  | { readonly kind: 'accessEnd' }
  /** `byLevel`: of the level in force, which goes on below what the centre orders of the site. */
  | { readonly kind: 'order'; readonly verb: DoorVerb; readonly byLevel?: boolean }
  | { readonly kind: 'site'; readonly order: SiteOrder }
  | { readonly kind: 'contact'; readonly state: DoorPhysicalState }
  | { readonly kind: 'heldTimer' }
  /** The exit button in the wire: the lock has no power, whatever the mode. */
  | { readonly kind: 'exit'; readonly leaving: boolean }
  /** `Open` is the active state of the switch. */
  | { readonly kind: 'switch'; readonly name: DoorSwitch; readonly state: DoorPhysicalState };

export type DoorChange =
  | { readonly kind: 'mode'; readonly mode: DoorMode; readonly previous: DoorMode }
  | { readonly kind: 'physical'; readonly state: DoorPhysicalState }
  | { readonly kind: 'alarm'; readonly alarm: DoorAlarm }
  | { readonly kind: 'held'; readonly held: HeldOpen }
  | { readonly kind: 'tamper'; readonly tamper: DoorTamper }
  | { readonly kind: 'fire'; readonly fire: boolean };

export interface DoorStep {
  readonly state: DoorState;
  /** What changed, in the order mode, physical, alarm, held, tamper, fire. Empty if nothing did. */
  readonly changes: readonly DoorChange[];
  /** The output level from now on. */
  readonly output: 'rest' | 'released';
  /** The timer that ends a momentary access. `start` restarts it. */
  readonly accessTimer: 'keep' | 'start' | 'stop';
  /** The timer of a door that stands open. `counting` and `preAlarm` restart it with the length of that stage. */
  readonly heldTimer: 'keep' | 'stop' | 'counting' | 'preAlarm';
  /** Why the input was refused; in that case nothing changed. */
  readonly refused?: DoorRefusal;
}

/** A door before any input. */
export const DOOR_AT_START: DoorState = {
  base: 'Locked',
  override: 'none',
  accessed: false,
  leaving: false,
  physical: 'Unknown',
  alarm: 'Normal',
  held: 'none',
  tamper: 'Unknown',
  fire: false,
  site: 'none',
};

const SITE_MODES = { lockdown: 'LockedDown', evacuate: 'LockedOpen' } as const;

export function modeOf(state: DoorState): DoorMode {
  return state.site === 'none' ? modeBelow(state) : SITE_MODES[state.site];
}

/** The mode that shows again when the site's order is over. */
export function modeBelow(state: DoorState): DoorMode {
  if (state.override !== 'none') return state.override;
  return state.accessed || (state.leaving && state.base === 'Locked') ? 'Accessed' : state.base;
}

export function outputOf(state: DoorState): 'rest' | 'released' {
  const mode = modeOf(state);
  const isLetOut = state.site === 'lockdown' && state.accessed;
  return isLetOut || (mode === 'Accessed' && state.accessed) || isOpenMode(mode) ? 'released' : 'rest';
}

/**
 * The DoorMode rules (config/contract/README.md#door-modes), after ONVIF Door Control:
 * Accessed is momentary and returns to the mode before it; Blocked refuses momentary access and allows mode changes;
 * LockedDown and LockedOpen end only by their own release; both alarms are masked in Unlocked and LockedOpen,
 * forced-open also in Accessed; DoorOpenTooLong has a pre-alarm.
 *
 * Exit button and fire alarm cut the power of the lock (hardware/FACTS.md#escape) in every mode. A Locked door shows
 * as Accessed while a person leaves by the button. Blocked and LockedDown stay as they are, but forced-open is masked
 * there too, because the wire has opened the door. During a fire alarm both alarms are masked, because everybody
 * walks out and the door is to stay open. Neither of the two moves the output.
 *
 * What the centre orders of the site shows as LockedDown or LockedOpen, and what was ordered of the door shows again
 * after it. While a guard lets somebody out the door stays LockedDown, so that nobody is let in meanwhile.
 */
export function stepDoor(state: DoorState, input: DoorInput): DoorStep {
  switch (input.kind) {
    case 'access':
      return access(state, input);
    case 'accessEnd':
      return settle(state, { ...state, accessed: false }, {});
    case 'order': {
      const outcome =
        (input.byLevel ? undefined : refusedBySite(state.site)) ?? modeAfterOrder(state, input.verb);
      if ('refused' in outcome) return { ...settle(state, state, {}), refused: outcome.refused };
      return settle(state, { ...state, ...outcome, accessed: false }, {});
    }
    case 'site': {
      const accessed = input.order === state.site && state.accessed;
      return settle(state, { ...state, site: input.order, accessed }, {});
    }
    case 'contact':
      return settle(
        state,
        { ...state, physical: input.state, alarm: alarmAfterContact(state, input.state) },
        {},
      );
    case 'heldTimer':
      return settle(state, afterHeldTimer(state), {});
    case 'exit':
      return settle(state, { ...state, leaving: input.leaving }, {});
    case 'switch':
      return settle(state, { ...state, ...afterSwitch(input.name, input.state) }, {});
  }
}

function access(state: DoorState, { overBlock = false, overSite = false }: AccessRight): DoorStep {
  const mode = overSite && state.site === 'lockdown' ? modeBelow(state) : modeOf(state);
  if ((mode === 'Blocked' && !overBlock) || mode === 'LockedDown') {
    const detail = `The door is ${mode}: it lets nobody through.`;
    return { ...settle(state, state, {}), refused: { cause: 'door_shut', detail } };
  }
  if (isOpenMode(modeOf(state))) return settle(state, state, {});
  // A person who was just let through may hold the open door: its time starts again. An alarm that was raised stays
  // until the door is closed, except forced-open, which Accessed masks.
  const held = state.held === 'tooLong' ? state.held : 'none';
  return settle(state, { ...state, accessed: true, held }, { accessBegins: true });
}

/**
 * Only a door that was seen closed can be seen forced. A silent contact does not clear an alarm, because otherwise
 * pulling its cable would.
 */
function alarmAfterContact(state: DoorState, physical: DoorPhysicalState): DoorAlarm {
  if (physical === 'Closed') return 'Normal';
  if (physical === 'Open' && state.physical === 'Closed' && !masksForcedOpen(state)) return 'DoorForcedOpen';
  return state.alarm;
}

function afterHeldTimer(state: DoorState): DoorState {
  if (state.held === 'counting') return { ...state, held: 'preAlarm' };
  if (state.held === 'preAlarm') return { ...state, held: 'tooLong', alarm: 'DoorOpenTooLong' };
  return state;
}

const TAMPER: Readonly<Record<DoorPhysicalState, DoorTamper>> = {
  Open: 'TamperDetected',
  Closed: 'NotInTamper',
  Unknown: 'Unknown',
  Fault: 'Unknown',
};

/** A fire contact that can no longer be read does not end a fire alarm: its cable may be burning. */
function afterSwitch(name: DoorSwitch, state: DoorPhysicalState): Partial<DoorState> {
  if (name === 'tamper') return { tamper: TAMPER[state] };
  return state === 'Open' || state === 'Closed' ? { fire: state === 'Open' } : {};
}

/** Applies the masks and derives changes and timers. */
function settle(before: DoorState, wanted: DoorState, { accessBegins = false }): DoorStep {
  const alarm = maskedAlarm(wanted);
  const state: DoorState = { ...wanted, alarm, held: heldOf(wanted, alarm) };
  return {
    state,
    changes: changesBetween(before, state),
    output: outputOf(state),
    accessTimer: accessBegins ? 'start' : before.accessed && !state.accessed ? 'stop' : 'keep',
    heldTimer: heldTimerOf(before, state, accessBegins),
  };
}

function maskedAlarm(state: DoorState): DoorAlarm {
  if (mayStandOpen(state)) return 'Normal';
  return state.alarm === 'DoorForcedOpen' && masksForcedOpen(state) ? 'Normal' : state.alarm;
}

function heldOf(state: DoorState, alarm: DoorAlarm): HeldOpen {
  if (alarm === 'DoorOpenTooLong') return 'tooLong';
  if (mayStandOpen(state) || state.physical !== 'Open' || alarm !== 'Normal') return 'none';
  return state.held === 'none' ? 'counting' : state.held;
}

function heldTimerOf(before: DoorState, after: DoorState, accessBegins: boolean): DoorStep['heldTimer'] {
  if (before.held === after.held && !accessBegins) return 'keep';
  return after.held === 'counting' || after.held === 'preAlarm' ? after.held : 'stop';
}

function changesBetween(before: DoorState, after: DoorState): DoorChange[] {
  const changes: DoorChange[] = [];
  const previous = modeOf(before);
  const mode = modeOf(after);
  if (mode !== previous) changes.push({ kind: 'mode', mode, previous });
  if (after.physical !== before.physical) changes.push({ kind: 'physical', state: after.physical });
  if (after.alarm !== before.alarm) changes.push({ kind: 'alarm', alarm: after.alarm });
  if (after.held !== before.held) changes.push({ kind: 'held', held: after.held });
  if (after.tamper !== before.tamper) changes.push({ kind: 'tamper', tamper: after.tamper });
  if (after.fire !== before.fire) changes.push({ kind: 'fire', fire: after.fire });
  return changes;
}

/** Whether the door stands open to everybody. */
export function isOpenMode(mode: DoorMode): boolean {
  return mode === 'Unlocked' || mode === 'LockedOpen';
}

/** Whether the door is kept shut on purpose: the gate opens it not even for the guard. */
export function isShutMode(mode: DoorMode): boolean {
  return mode === 'Blocked' || mode === 'LockedDown';
}

/** Whether nobody is let through; a door in an unknown mode may not open at all. */
export function isClosedMode(mode: DoorMode): boolean {
  return mode === 'Unknown' || isShutMode(mode);
}

function mayStandOpen(state: DoorState): boolean {
  return state.fire || isOpenMode(modeOf(state));
}

function masksForcedOpen(state: DoorState): boolean {
  return state.leaving || state.accessed || modeOf(state) === 'Accessed' || mayStandOpen(state);
}
