// The daemon of `gatepost run`, which kills itself with SIGKILL at one place on the way of a passage.
//   dying-daemon.child.js PLACE --config FILE …    PLACE: one of the names in PLACES
// The places lie at the edges of its own parts, so the product needs no hook for this. They are those of the compiled
// sources, so the daemon is started from these and not from dist/src/cli/gatepost.js, which has its parts in itself.
import { Command } from 'commander';
import { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { MqttConnection } from '../../src/adapters/mqtt/mqtt-connection.ts';
import { SqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { SqliteEventOutbox } from '../../src/adapters/sqlite/event-outbox.ts';
import { registerRun } from '../../src/cli/run.ts';

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen before it arrives.
  for (;;);
}

/** The first access.granted is on its way. */
let granted = false;
let published = false;

const { commit } = SqliteEventLog.prototype;
const { pulse } = TimedOutput.prototype;
const { publish } = MqttConnection.prototype;
const { advance } = SqliteEventOutbox.prototype;

function isGranted(payload: Uint8Array): boolean {
  return new TextDecoder().decode(payload).includes('io.gatepost.access.granted.v1');
}

function aroundCommit(when: 'before' | 'after'): void {
  SqliteEventLog.prototype.commit = function (entry) {
    granted = entry.events.some(({ name }) => name === 'access.granted');
    if (granted && when === 'before') die();
    const rows = commit.call(this, entry);
    if (granted && when === 'after') die();
    return rows;
  };
}

function afterCommand(): void {
  SqliteEventLog.prototype.commit = function (entry) {
    const rows = commit.call(this, entry);
    // What the broker has retained is refused at each start, and recorded too.
    if (entry.events.some((event) => event.name === 'command.result' && event.data.result === 'done')) die();
    return rows;
  };
}

function aroundPulse(when: 'before' | 'after'): void {
  TimedOutput.prototype.pulse = function (holdMs) {
    if (when === 'before') die();
    pulse.call(this, holdMs);
    die();
  };
}

function aroundPublish(when: 'before' | 'after'): void {
  MqttConnection.prototype.publish = async function (message) {
    if (!isGranted(message.payload)) return publish.call(this, message);
    if (when === 'before') die();
    const answer = await publish.call(this, message);
    die();
    return answer;
  };
}

function aroundAdvance(when: 'before' | 'after'): void {
  MqttConnection.prototype.publish = async function (message) {
    const answer = await publish.call(this, message);
    published ||= isGranted(message.payload);
    return answer;
  };
  SqliteEventOutbox.prototype.advance = function (sequence) {
    if (published && when === 'before') die();
    advance.call(this, sequence);
    if (published) die();
  };
}

const PLACES: Readonly<Record<string, () => void>> = {
  'before the record': () => aroundCommit('before'),
  'after the record': () => aroundCommit('after'),
  'after the record of a command': () => afterCommand(),
  'before the release': () => aroundPulse('before'),
  'after the release': () => aroundPulse('after'),
  'before the publish': () => aroundPublish('before'),
  'after the acknowledgement': () => aroundPublish('after'),
  'before the cursor moves': () => aroundAdvance('before'),
  'after the cursor moved': () => aroundAdvance('after'),
};

const [place = ''] = process.argv.splice(2, 1);
const arrange = PLACES[place];
if (arrange === undefined) throw new Error(`There is no place "${place}".`);
arrange();
const program = new Command();
registerRun(program);
await program.parseAsync(['run', ...process.argv.slice(2)], { from: 'user' });
