import { DOOR_MODES, TIME_QUALITIES } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { SiteFacts } from '../../ports/gate-state.ts';

/** A door as Home Assistant has to know it. */
export interface DiscoveredDoor {
  readonly id: string;
  readonly name: string;
  readonly hasContact: boolean;
  readonly hasTamper: boolean;
  readonly hasFire: boolean;
}

export interface DiscoveredGate {
  readonly site: SiteFacts;
  readonly doors: readonly DiscoveredDoor[];
  readonly accessPoints: readonly AccessPointFacts[];
  /** Whether Home Assistant may open. */
  readonly unlock: boolean;
}

/** The payload with which Home Assistant opens. */
export const UNLOCK = 'UNLOCK';
/** A lock that has been opened shuts by itself, so this asks for nothing. */
export const LOCK = 'LOCK';

/** One entity; with `platform` alone it is one that Home Assistant shall remove. */
type Component = Readonly<Record<string, string | number | boolean | readonly string[] | object>>;

/** Names the gate in Home Assistant, of all sites of one broker. */
export function discoveryId({ site, gate }: Pick<SiteFacts, 'site' | 'gate'>): string {
  return `gatepost-${site}-${gate}`;
}

/**
 * The message of MQTT device discovery (Home Assistant 2024.11 and later). The entities read the states that the gate
 * publishes anyway, and below `ha/` what only Home Assistant needs.
 */
export function discoveryMessage(gate: DiscoveredGate): object {
  const { site, doors } = gate;
  const id = discoveryId(site);
  const root = `gates/v1/${site.site}/${site.gate}/`;
  const components = {
    ...ofGate(root),
    ...Object.assign({}, ...doors.map((door) => ofDoor(door, gate, root))),
  };
  const conn = `${root}state/conn`;
  return {
    device: {
      identifiers: [id],
      name: site.name,
      manufacturer: 'Gatepost',
      model: 'Gate kiosk',
      sw_version: site.software,
    },
    origin: { name: 'gatepost', sw_version: site.software },
    availability: [
      { topic: conn, value_template: oneOf('state', ['init', 'ready', 'degraded'], 'online', 'offline') },
    ],
    components: Object.fromEntries(
      Object.entries<Component>(components).map(([key, { platform, ...rest }]) => [
        key,
        Object.keys(rest).length === 0
          ? { platform }
          : { platform, unique_id: `${id}-${key}`, qos: 1, ...rest },
      ]),
    ),
  };
}

function ofGate(root: string): Record<string, Component> {
  const state = (word: string) => ({ state_topic: `${root}state/${word}` });
  const diagnostic = { entity_category: 'diagnostic' };
  const conn = `${root}state/conn`;
  return {
    connection: {
      platform: 'binary_sensor',
      name: 'Connection',
      device_class: 'connectivity',
      ...diagnostic,
      ...state('conn'),
      value_template: oneOf('state', ['init', 'ready', 'degraded'], 'ON', 'OFF'),
      // It alone is there to say so while the gate is away.
      availability: [{ topic: conn, value_template: 'online' }],
    },
    problem: {
      platform: 'binary_sensor',
      name: 'Devices',
      device_class: 'problem',
      ...diagnostic,
      ...state('conn'),
      value_template: oneOf('state', ['degraded'], 'ON', 'OFF'),
      json_attributes_topic: conn,
      json_attributes_template: '{{ value_json.devices | tojson }}',
    },
    queue: {
      platform: 'sensor',
      name: 'Events waiting for the broker',
      ...diagnostic,
      ...state('queue'),
      value_template: '{{ value_json.pending }}',
      state_class: 'measurement',
    },
    level: {
      platform: 'sensor',
      name: 'Level',
      ...state('policy'),
      value_template: '{{ value_json.level }}',
    },
    clock: {
      platform: 'sensor',
      name: 'Clock',
      device_class: 'enum',
      options: TIME_QUALITIES,
      ...diagnostic,
      ...state('clock'),
      value_template: '{{ value_json.quality }}',
    },
    waiting: {
      platform: 'sensor',
      name: 'People waiting for a guard',
      state_topic: `${root}ha/state`,
      value_template: '{{ value_json.waiting }}',
      state_class: 'measurement',
    },
    decision: {
      platform: 'sensor',
      name: 'Last decision',
      device_class: 'enum',
      options: ['Granted', 'Denied'],
      state_topic: `${root}ha/state`,
      value_template: "{{ value_json.decision.outcome | default('None') }}",
      json_attributes_topic: `${root}ha/state`,
      json_attributes_template: '{{ value_json.decision | tojson }}',
    },
    access: {
      platform: 'event',
      name: 'Access',
      state_topic: `${root}ha/access`,
      event_types: ['granted', 'denied', 'referred'],
    },
  };
}

function ofDoor(
  { id, name, hasContact, hasTamper, hasFire }: DiscoveredDoor,
  { accessPoints, unlock }: DiscoveredGate,
  root: string,
): Record<string, Component> {
  const state = { state_topic: `${root}state/door/${id}` };
  const sensor = (what: string, deviceClass: string, template: string): Component => ({
    platform: 'binary_sensor',
    name: what === '' ? name : `${name} ${what}`,
    device_class: deviceClass,
    ...state,
    value_template: template,
  });
  const isUnlocked = (yes: string, no: string) =>
    `{% if value_json.fire | default(false) %}${yes}{% elif value_json.mode == 'Unknown' %}None{% else %}${oneOf('mode', ['Unlocked', 'Accessed', 'LockedOpen'], yes, no)}{% endif %}`;
  const ways = accessPoints.filter(({ door }) => door === id);
  const locks = ways.map(({ id: way, direction }): [string, Component] => [
    `lock_${way}`,
    unlock
      ? {
          platform: 'lock',
          name: ways.length > 1 ? `${name} (${direction})` : name,
          ...state,
          value_template: isUnlocked('UNLOCKED', 'LOCKED'),
          command_topic: `${root}ha/unlock/${way}`,
          payload_lock: LOCK,
          payload_unlock: UNLOCK,
          optimistic: false,
          retain: false,
        }
      : { platform: 'lock' },
  ]);
  return {
    [`mode_${id}`]: {
      platform: 'sensor',
      name: `${name} mode`,
      device_class: 'enum',
      options: DOOR_MODES,
      ...state,
      value_template: '{{ value_json.mode }}',
    },
    [`alarm_${id}`]: sensor('alarm', 'problem', oneOf('alarm', ['Normal'], 'OFF', 'ON')),
    ...(hasContact ? { [`door_${id}`]: sensor('leaf', 'door', threeOf('physical', 'Open', 'Closed')) } : {}),
    ...(hasTamper
      ? { [`tamper_${id}`]: sensor('lid', 'tamper', threeOf('tamper', 'TamperDetected', 'NotInTamper')) }
      : {}),
    ...(hasFire
      ? {
          [`fire_${id}`]: sensor('fire alarm', 'safety', "{{ 'ON' if value_json.fire else 'OFF' }}"),
        }
      : {}),
    [`locked_${id}`]: unlock ? { platform: 'binary_sensor' } : sensor('', 'lock', isUnlocked('ON', 'OFF')),
    ...Object.fromEntries(locks),
  };
}

function oneOf(member: string, words: readonly string[], yes: string, no: string): string {
  const list = words.map((word) => `'${word}'`).join(', ');
  return `{{ '${yes}' if value_json.${member} in [${list}] else '${no}' }}`;
}

/** What cannot be read is unknown. */
function threeOf(member: string, on: string, off: string): string {
  return `{{ 'ON' if value_json.${member} == '${on}' else ('OFF' if value_json.${member} == '${off}' else 'None') }}`;
}
