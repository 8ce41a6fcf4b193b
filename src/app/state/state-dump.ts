import type { GateState } from '../../ports/gate-state.ts';

/**
 * The present state of the gate, its doors and its devices, for the program's log. Every member is chosen; none is free
 * text or about a person. Of the lists for people only the numbers of lines are given.
 */
export function stateWithoutPersons(state: GateState): object {
  const [phase] = state.phase.values;
  const [site] = state.site.values;
  const [clock] = state.clock.values;
  const [queue] = state.queue.values;
  return {
    phase: phase?.phase ?? 'starting',
    software: site?.software,
    simulated: site?.simulated,
    clock,
    queue: queue && { pending: queue.pending, connected: queue.connected },
    rules: rules(state),
    lists: lists(state),
    doors: doors(state),
    accessPoints: accessPoints(state),
    devices: devices(state),
    boards: boards(state),
  };
}

function rules({ rules: { values } }: GateState): object | undefined {
  return values.map(({ level, version, gate, occupancy, occupancyLimit }) => ({
    level,
    version,
    gate,
    occupancy,
    occupancyLimit,
  }))[0];
}

function lists({ lists: { values } }: GateState): readonly object[] {
  return values.flat().map(({ type, number, state, signer, issuedAtMs, nextUpdateMs }) => ({
    type,
    number,
    state,
    signer,
    issuedAtMs,
    nextUpdateMs,
  }));
}

function doors({ doors: { values } }: GateState): readonly object[] {
  return values.map(({ door, mode, physical, alarm, released, tamper, fire }) => ({
    door,
    mode,
    physical,
    alarm,
    released,
    tamper,
    fire,
  }));
}

/** `shows`: what the resident's screen says. */
function accessPoints({ accessPoints: { values }, passages }: GateState): readonly object[] {
  return values.map(({ id, door, direction, enabled }) => {
    const shows = passages.values.find(({ accessPoint }) => accessPoint === id)?.feedback;
    return { id, door, direction, enabled, shows };
  });
}

function devices({ devices: { values } }: GateState): readonly object[] {
  return values.map(({ id, driver, simulated, status, cause, dropped, sinceMs }) => ({
    id,
    driver,
    simulated,
    status,
    cause,
    dropped,
    sinceMs,
  }));
}

/** The number of lines of each. */
function boards({ decisions, orders, visitors, attention }: GateState): object {
  const lines = (values: readonly (readonly unknown[])[]): number => values[0]?.length ?? 0;
  return {
    decisions: lines(decisions.values),
    orders: lines(orders.values),
    visitors: lines(visitors.values),
    attention: lines(attention.values),
  };
}
