import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScannerSimulator } from '../../../hardware/scanner-serial/simulator.ts';
import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import { type OpenWire, openWire } from '../../../hardware/simulators/wire.ts';
import { GyMcu9061xSimulator } from '../../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { CHAIN_START, type ChainVerdict, verifyChain } from '../../../src/core/events/chain.ts';
import type { EventEnvelope, StoredEvent } from '../../../src/core/events/event.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import { LevelWatch } from '../devices/level-watch.ts';
import { openPtyPair, type PtyPair } from '../devices/pty-pair.ts';
import { DaemonProcess, type DaemonStart } from './daemon.ts';
import { testSigner } from './pass-samples.ts';

const AIR_C = 22;
/** No shorter than the pause that parts two codes (hardware/serial/scan-line.ts). */
const BETWEEN_CODES_MS = 100;

export interface GateOptions {
  /** Address of the broker; by default none. */
  readonly mqttUrl?: string;
  /** With `enforce` the gate has a thermometer. */
  readonly screening: 'enforce' | 'off';
  /** False: scanner and thermometer are not plugged in yet. */
  readonly pluggedIn?: boolean;
  readonly releaseSeconds?: number;
  /** The section `policy`; by default one level with everything allowed. */
  readonly policy?: object;
  /** Whether people can ask at the gate about their data. */
  readonly selfService?: boolean;
  /** The section `homeassistant`. */
  readonly homeassistant?: object;
  /** Whether the door has a contact. */
  readonly contact?: boolean;
  /** With an exit button, a tamper switch and a fire contact, all simulated: see setInput(). */
  readonly inputs?: boolean;
  /** Folder of the database; by default in the gate's own folder. */
  readonly storeFolder?: string;
  readonly onRise?: () => void;
}

/** A row of the log with its parsed body. */
export interface LogRow extends StoredEvent {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into the data of whatever event it finds
  readonly event: Omit<EventEnvelope, 'data'> & { readonly data: any };
}

/** Everything in the log of this store, oldest first, read beside the daemon. */
export function logRows(storeFolder: string): readonly LogRow[] {
  const reader = openReadOnly(storeFolder);
  try {
    return reader.readAfter(0, 100_000).map((row) => ({
      ...row,
      event: JSON.parse(new TextDecoder().decode(row.body)),
    }));
  } finally {
    reader.close();
  }
}

/** A pass of the test office, valid from an hour ago for a day, with changes. */
export function issuePass(changes: Partial<PassClaims> = {}, signer: 'issuer' | 'stranger' = 'issuer') {
  const nowS = Math.floor(Date.now() / 1000);
  const passId = randomBytes(8).toString('hex');
  const claims: PassClaims = {
    site: 'willow-court',
    issuedAt: nowS - 3_600,
    expiresAt: nowS + 86_400,
    passId,
    kind: 'resident',
    ...changes,
  };
  return { text: signPass(claims, testSigner(signer)), passId };
}

/** A whole gate: a folder, cables with simulated devices, a door and the daemon. */
export class TestGate {
  readonly folder: string;
  readonly config: string;
  readonly level: LevelWatch;
  readonly scannerCable: PtyPair;
  readonly #storeFolder: string;
  readonly #thermometerCable: PtyPair;
  readonly #wires = new Set<OpenWire>();
  #scanner: ScannerSimulator | undefined;
  #thermometer: GyMcu9061xSimulator | undefined;
  #daemon: DaemonProcess | undefined;
  #shown: (() => void) | undefined;
  #showing: NodeJS.Timeout | undefined;

  private constructor(folder: string, cables: readonly [PtyPair, PtyPair], options: GateOptions) {
    this.folder = folder;
    this.#storeFolder = options.storeFolder ?? join(folder, 'store');
    [this.scannerCable, this.#thermometerCable] = cables;
    mkdirSync(join(folder, 'lock'));
    this.level = new LevelWatch(join(folder, 'lock/level'), options.onRise);
    this.config = join(folder, 'gatepost.yaml');
    // JSON is YAML.
    writeFileSync(this.config, JSON.stringify(this.#configOf(options), undefined, 2));
  }

  static async set(options: GateOptions): Promise<TestGate> {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-gate-'));
    const gate = new TestGate(folder, [await openPtyPair(), await openPtyPair()], options);
    if (options.pluggedIn === false) await gate.scannerCable.unplug();
    else await gate.connectScanner();
    if (options.pluggedIn === false) await gate.#thermometerCable.unplug();
    else if (options.screening === 'enforce') await gate.#connectThermometer();
    return gate;
  }

  /** The daemon that runs now. */
  get daemon(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error('the daemon was not started');
    return this.#daemon;
  }

  get scanner(): ScannerSimulator {
    if (this.#scanner === undefined) throw new Error('the scanner is not connected');
    return this.#scanner;
  }

  /**
   * Shows a code to the scanner, as people do: not at once after another code, because lines that follow each other
   * without a pause are one code, and again if the gate drops it as old, because its machine stood still for some
   * seconds.
   */
  show(...code: Parameters<ScannerSimulator['present']>): void {
    this.#shown = () => this.scanner.present(...code);
    this.#showing = setTimeout(this.#shown, BETWEEN_CODES_MS);
  }

  get thermometer(): GyMcu9061xSimulator {
    if (this.#thermometer === undefined) throw new Error('the thermometer is not connected');
    return this.#thermometer;
  }

  /**
   * Starts the daemon, or starts it again, and waits until it is ready and accepts codes from its scanner, if there is
   * one.
   * @param meanwhile runs when it is ready, before it accepts codes
   */
  async start(
    how: Omit<DaemonStart, 'config'> = {},
    meanwhile: (daemon: DaemonProcess) => Promise<void> = async () => undefined,
  ): Promise<DaemonProcess> {
    const daemon = await DaemonProcess.start({ ...how, config: this.config });
    this.#daemon = daemon;
    clearTimeout(this.#showing);
    this.#shown = undefined;
    daemon.log.onPut(({ cause }) => {
      if (cause === 'scanner_kept') this.#shown?.();
    });
    await meanwhile(daemon);
    if (this.#scanner !== undefined) await daemon.takesCodes('main-in');
    return daemon;
  }

  /** Connects a simulated scanner to its cable. */
  async connectScanner(): Promise<void> {
    this.#scanner = new ScannerSimulator(await this.#connect(this.scannerCable));
  }

  /** Puts a person with this forehead in front of the sensor; undefined: nobody. */
  setForehead(foreheadC: number | undefined): void {
    this.thermometer.setTemperatures({ objectC: foreheadC ?? AIR_C, ambientC: AIR_C });
  }

  /** Moves the door leaf, independent of the lock. */
  setDoor(state: 'open' | 'closed'): void {
    writeFileSync(join(this.folder, 'door/contact'), state === 'open' ? '1\n' : '0\n');
  }

  /** Presses the exit button, opens the lid, begins the fire alarm, or ends it; only with `inputs`. */
  setInput(name: 'exitButton' | 'tamper' | 'fire', active: boolean): void {
    writeFileSync(join(this.folder, 'inputs', name), active ? '1\n' : '0\n');
  }

  /** Everything in the log, oldest first, read beside the daemon. */
  rows(): readonly LogRow[] {
    return logRows(this.#storeFolder);
  }

  /** Walks the whole hash chain; only while no daemon writes. */
  verify(): ChainVerdict {
    const reader = openReadOnly(this.#storeFolder);
    try {
      const head = reader.head();
      return verifyChain(reader.rows(), {
        after: CHAIN_START,
        cover: reader.cover(),
        ...(head && { last: head }),
      });
    } finally {
      reader.close();
    }
  }

  /** Ends everything. */
  async dispose(): Promise<void> {
    clearTimeout(this.#showing);
    await this.#daemon?.kill('SIGKILL');
    this.level.stop();
    this.#thermometer?.powerOff();
    for (const wire of this.#wires) await wire.close();
    await this.scannerCable.dispose();
    await this.#thermometerCable.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #connectThermometer(): Promise<void> {
    const wire = await this.#connect(this.#thermometerCable);
    this.#thermometer = new GyMcu9061xSimulator({ wire, clock: new SystemClock() });
    this.setForehead(undefined);
    this.#thermometer.powerOn();
  }

  async #connect(cable: PtyPair): Promise<OpenWire> {
    const line = { path: cable.devicePath, baudRate: 9600 };
    const wire = await openWire(new NodeSerialPorts(), line, new AbortController().signal);
    this.#wires.add(wire);
    return wire;
  }

  #configOf({
    mqttUrl,
    screening,
    releaseSeconds = 0.5,
    policy,
    contact = true,
    inputs = false,
    selfService = false,
    homeassistant,
  }: GateOptions): object {
    return {
      version: 1,
      site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
      gate: { id: 'north', name: 'North gate' },
      language: 'en',
      doors: {
        main: {
          name: 'Main door',
          releaseSeconds,
          passageSeconds: 5,
          lock: { driver: 'simulated', levelFile: 'lock/level' },
          ...(contact
            ? { contact: { driver: 'simulated', walkThrough: false, stateFile: 'door/contact' } }
            : {}),
          ...(inputs ? { inputs: playedInputs() } : {}),
        },
      },
      accessPoints: {
        'main-in': {
          door: 'main',
          direction: 'in',
          scanner: { driver: 'serial', path: this.scannerCable.kioskPath },
          thermometer: { driver: 'gy-mcu9061x', path: this.#thermometerCable.kioskPath },
        },
      },
      passes: {
        issuers: [
          { name: 'Property office', publicKey: Buffer.from(testSigner('issuer').publicKey).toString('hex') },
        ],
      },
      screening: { in: screening, repeatAfterSeconds: 1 },
      ...(policy === undefined ? {} : { policy }),
      ...(mqttUrl === undefined ? {} : { mqtt: { url: mqttUrl } }),
      ...(homeassistant === undefined ? {} : { homeassistant }),
      web: { host: '127.0.0.1', port: 0 },
      store: { folder: this.#storeFolder },
      privacy: { selfService },
    };
  }
}

function playedInputs(): object {
  const played = (name: string) => [name, { driver: 'simulated', stateFile: `inputs/${name}` }];
  return Object.fromEntries(['exitButton', 'tamper', 'fire'].map(played));
}
