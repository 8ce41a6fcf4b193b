import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { ListedKey } from '../core/bundle/trust-content.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import { HostileGate } from './hostile-gate.ts';
import type { Belief, Question } from './question.ts';

/** An assertion: the sentence of the contract that it stands on, and what a server that keeps it does. */
export interface Claim {
  /** Of a heading of config/contract/README.md. */
  readonly anchor: string;
  /** As it stands there, with single spaces. */
  readonly sentence: string;
  readonly claim: string;
}

export type Claims = Readonly<Record<number, Claim>>;

/** Something that a hostile gate does, and what is asserted of the server meanwhile. */
export interface Scene {
  readonly name: string;
  readonly claims: Claims;
  /** Played after all others and by itself, because it stops the server. */
  readonly isLast?: boolean;
  play(kit: Kit): Promise<void>;
}

export type Verdict =
  | { readonly result: 'passed' }
  | { readonly result: 'failed' | 'skipped'; readonly why: string };

export interface KitSettings {
  readonly broker: string;
  readonly connection: IClientOptions;
  readonly site: string;
  /** Begins the ids of all gates, so that a run meets no gate of an earlier one. */
  readonly run: string;
  readonly keys: readonly ListedKey[];
  readonly signer: Signer;
  readonly question: Question;
  /** Restarts the server; undefined: nobody said how. */
  readonly restart?: () => Promise<void>;
}

/** Where one scene is played: makes its gates, asks the server, and takes down what came of it. */
export class Kit {
  readonly settings: KitSettings;
  readonly verdicts = new Map<number, Verdict>();
  readonly #clients: MqttClient[] = [];

  constructor(settings: KitSettings) {
    this.settings = settings;
  }

  get question(): Question {
    return this.settings.question;
  }

  /** A gate that is connected and has written nothing. @param protocol 4: over MQTT 3.1.1 */
  async gate(
    id: string,
    { site = this.settings.site, protocol = 5 }: { site?: string; protocol?: 4 | 5 } = {},
  ): Promise<HostileGate> {
    const { broker, connection, run, keys, signer } = this.settings;
    const name = `${run}-${id}`;
    const clientId = `conformance-${site}-${name}-${this.#clients.length}`;
    const client = await mqtt.connectAsync(broker, {
      ...connection,
      ...{ clientId, protocolVersion: protocol, clean: true, reconnectPeriod: 0 },
    });
    client.on('error', () => undefined);
    this.#clients.push(client);
    const gate = new HostileGate(site, name, { client, signer, keys });
    await gate.listen();
    return gate;
  }

  /** A gate that has begun its log and written so many rows in all, all of them sent. */
  async running(id: string, rows: number): Promise<HostileGate> {
    const gate = await this.gate(id);
    await gate.tell('init');
    await gate.send([gate.begin(), ...gate.writeMany(rows - 1)]);
    return gate;
  }

  /** Asserts that the server comes to believe this of the gate. */
  async believes(
    number: number,
    gate: HostileGate,
    met: (belief: Belief) => boolean,
    epoch?: string,
  ): Promise<void> {
    const ask = () => this.question.belief(gate, epoch);
    const { met: isMet, answer } = await this.question.until(
      ask,
      (belief) => belief !== undefined && met(belief),
    );
    this.decide(number, isMet, `it believes ${JSON.stringify(answer) ?? 'nothing of this gate'}`);
  }

  /** Waits until everything that the gate has sent so far is in the answers: its last row is. */
  async settled(gate: HostileGate): Promise<Belief | undefined> {
    const ask = () => this.question.belief(gate, gate.epoch);
    return (await this.question.until(ask, (belief) => (belief?.last ?? 0) >= gate.last)).answer;
  }

  /** Waits until the gate has received something. @returns whether it has in time */
  async receives(gate: HostileGate, met: () => boolean): Promise<boolean> {
    if (met()) return true;
    let end = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      end = gate.follow(() => {
        if (met()) resolve(true);
      });
      timer = setTimeout(() => resolve(false), this.question.patienceMs);
    });
    clearTimeout(timer);
    end();
    return came;
  }

  /** The first answer decides: an assertion that failed once stays so. */
  decide(number: number, isMet: boolean, why: string): void {
    if (this.verdicts.get(number)?.result === 'failed') return;
    this.verdicts.set(number, isMet ? { result: 'passed' } : { result: 'failed', why });
  }

  skip(number: number, why: string): void {
    this.verdicts.set(number, { result: 'skipped', why });
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }
}
