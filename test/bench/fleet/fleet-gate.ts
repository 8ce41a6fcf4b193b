import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../../src/adapters/crypto/thread-verifier.ts';
import { MqttBroker } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import { Gate } from '../../../src/app/gate/gate.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import { NumberRanges } from '../../../src/core/feed/ranges.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { CodeReader, CodeReaderEvent } from '../../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../../src/ports/device-link.ts';
import { ScriptedStandstills } from '../../support/clock/scripted-standstills.ts';
import { OFFICE, ROOT } from '../../support/gate/bundle-samples.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { COUNT_DAYS, KEPT } from '../../support/gate/retention-settings.ts';
import { Actuator, Contact } from '../../support/gate/rule-gate-devices.ts';
import { CONTACT_SETTINGS, SCREENING_SETTINGS } from '../../support/gate/screening-settings.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { purgeNow, writePast } from './gate-history.ts';
import { EventsDigest, type FleetGateName, type LeftOfLog } from './left-of-log.ts';

const DAY_MS = 86_400_000;
/** How long a person needs through the door. */
const OPEN_MS = 300;
const NOBODY = {
  watchdogIntervalMs: undefined,
  ready: async () => undefined,
  status: async () => undefined,
  watchdog: async () => undefined,
  stopping: async () => undefined,
};
const verifier = new ThreadVerifier();

/** Rows that are read at once. */
const PAGE_ROWS = 256;

/** A scanner without a wire. */
class Reader implements CodeReader {
  readonly driver = 'test';
  readonly simulated = true;
  #onEvent: ((event: CodeReaderEvent) => void) | undefined;

  open(onEvent: (event: CodeReaderEvent) => void): Promise<DeviceLink> {
    this.#onEvent = onEvent;
    return Promise.resolve({ closed: new Promise<undefined>(() => undefined), close: async () => undefined });
  }

  scan(text: string): void {
    const atMs = performance.now();
    this.#onEvent?.({ type: 'code', text, beganMs: atMs, atMs });
  }
}

/** The gate of the product with its real store and its real uplink, a door and one way in. */
export class FleetGate {
  readonly #name: FleetGateName;
  readonly #folder: string;
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #reader = new Reader();
  readonly #contact = new Contact();

  constructor(name: FleetGateName, { folder, url }: { readonly folder: string; readonly url: string }) {
    const { site, gate } = name;
    this.#name = name;
    this.#folder = join(folder, `${site}-${gate}`);
    const clock = new SystemClock({ trusted: true });
    const logger = new SilentLogger();
    this.#store = new Store({ folder: this.#folder, site, gate, clock, logger });
    this.#gate = new Gate(
      {
        clock,
        standstills: new ScriptedStandstills(),
        logger,
        state: new PresentState(),
        store: this.#store,
        notifier: NOBODY,
        doors: new Map([['main', { actuator: new Actuator(), contact: this.#contact }]]),
        accessPoints: new Map([['main-in', { reader: this.#reader }]]),
        bundleTools: { site, rootKey: ROOT.publicKey, verifier, judgePolicy: () => undefined, clock },
        readPolicy: (json) => JSON.parse(json),
        gateKey: () => OFFICE,
        random: Math.random,
        newId: randomUUID,
        digestSalt: randomBytes(32),
        broker: { broker: new MqttBroker({ url, clientId: `${site}-${gate}` }), protocol: '5' },
      },
      {
        site: {
          site,
          gate,
          name: gate,
          timeZone: 'Asia/Shanghai',
          software: 'fleet',
          simulated: true,
          recordsDegrees: false,
        },
        assist: { answerMs: 30_000, talk: true },
        configDigest: '0'.repeat(64),
        policy: policy(),
        screening: SCREENING_SETTINGS,
        contactReading: CONTACT_SETTINGS,
        doors: new Map([['main', { name: 'Main', releaseMs: 1000, heldOpenMs: 30_000, passageMs: 5000 }]]),
        accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
        lists: {
          configured: [{ publicKey: OFFICE.publicKey, name: 'Property office', status: 'active' }],
          graceSeconds: 3600,
          required: [],
        },
        retention: { ...KEPT, countDays: COUNT_DAYS },
        backups: { warnAfterDays: undefined },
        privacy: { selfService: false, requestMs: DAY_MS },
        uplink: { servers: ['district'], lateAfterMs: DAY_MS, replayPerSecond: 100 },
        muster: { atFire: true, keptMs: 86_400_000 },
        siteOrders: { fourEyes: false, guardMayEndLockdown: false },
        lookEveryMs: 60_000,
        untrustedRecords: 'guard',
      },
    );
  }

  async start(): Promise<void> {
    const { signal } = new AbortController();
    if (this.#name.isOld) await writePast({ ...this.#name, folder: this.#folder });
    await this.#store.start(signal);
    await this.#gate.start(signal);
  }

  async stop(): Promise<void> {
    await this.#gate.stop();
    await this.#store.stop();
  }

  /** Rows in its log. */
  get rows(): number {
    return this.#store.outbox.position().lastSequence;
  }

  /** Ends what is over by now. */
  async purge(): Promise<void> {
    if (this.#name.isOld) await purgeNow(this.#store);
  }

  left(): LeftOfLog {
    const { site, gate } = this.#name;
    const last = this.rows;
    const digest = new EventsDigest();
    const there = new NumberRanges();
    for (let after = 0; after < last; ) {
      const { events, reached } = this.#store.outbox.readWithin({ after, through: last }, PAGE_ROWS);
      for (const { sequence, body } of events) {
        digest.add(sequence, JSON.parse(Buffer.from(body).toString('utf8')));
        there.add(sequence, sequence);
      }
      after = reached;
    }
    return { site, gate, last, ended: there.missing(1, last), digest: digest.value };
  }

  /** Somebody shows a pass and goes through. */
  passage(): void {
    const nowS = Math.floor(Date.now() / 1000);
    const passId = randomBytes(8).toString('hex');
    const pass = signPass(
      { site: this.#name.site, issuedAt: nowS - 3600, expiresAt: nowS + 86_400, passId, kind: 'resident' },
      OFFICE,
    );
    this.#reader.scan(pass);
    setTimeout(() => this.#contact.is('Open'), OPEN_MS);
    setTimeout(() => this.#contact.is('Closed'), 2 * OPEN_MS);
  }
}
