import { setTimeout as pause } from 'node:timers/promises';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { TcpProxy } from '../support/broker/tcp-proxy.ts';

type MosquittoOptions = NonNullable<Parameters<typeof Mosquitto.start>[0]>;

const UP_MS = 6_000;
const AWAY_MS = 2_000;
const FREEZE_EVERY_MS = 10_000;
/** Longer than a gate waits for an answer: it gives the connection up, and what it tries next is not answered either. */
const STOPPED_MS = 45_000;
const ANSWERING_MS = 5_000;
const SLOW_BYTES_PER_SECOND = 1_024;
/** Of mosquitto; it then holds back no gate. */
const NO_LIMIT = 'max_queued_messages 0';

/** A broker, or the way to it, that misbehaves all the while. */
export interface BrokerFault {
  /** What it does, after `while the broker`. */
  readonly name: string;
  /** Starts it and gives the address for the gate. */
  readonly open: (stage: BrokerTools) => Promise<string>;
}

/** What a misbehaviour needs; everything ends with the closers. */
export class BrokerTools {
  readonly #closers: (() => Promise<void>)[];

  constructor(closers: (() => Promise<void>)[]) {
    this.#closers = closers;
  }

  async mosquitto({ lines = [], ...more }: MosquittoOptions = {}): Promise<Mosquitto> {
    const broker = await Mosquitto.start({ ...more, lines: [...lines, NO_LIMIT] });
    this.#closers.push(() => broker.stop());
    return broker;
  }

  async proxy(port: number, bytesPerSecond?: number): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(port, bytesPerSecond);
    this.#closers.push(() => proxy.stop());
    return proxy;
  }

  /** Does `once` over and over. @param once its waits reject at the end */
  repeat(once: (wait: (ms: number) => Promise<void>) => Promise<void>): void {
    const ending = new AbortController();
    const { signal } = ending;
    const over = (async () => {
      while (!signal.aborted) await once((ms) => pause(ms, undefined, { signal }));
    })().catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown;
    });
    this.#closers.push(async () => {
      ending.abort();
      await over;
    });
  }
}

/** The healthy one, beside which the others are measured. */
export async function openHealthy(stage: BrokerTools): Promise<string> {
  return (await stage.mosquitto()).url;
}

export async function openWindowOfOne(stage: BrokerTools): Promise<string> {
  return (await stage.mosquitto({ lines: ['max_inflight_messages 1'] })).url;
}

export const BROKER_FAULTS: readonly BrokerFault[] = [
  {
    name: 'is killed over and over',
    open: async (stage) => {
      const broker = await stage.mosquitto();
      stage.repeat(async (wait) => {
        await wait(UP_MS);
        await broker.kill();
        await wait(AWAY_MS);
        await broker.resume();
      });
      return broker.url;
    },
  },
  {
    name: 'leaves connections half open',
    open: async (stage) => {
      const { port } = await stage.mosquitto();
      const proxy = await stage.proxy(port);
      stage.repeat(async (wait) => {
        await wait(FREEZE_EVERY_MS);
        proxy.freeze();
      });
      return `mqtt://127.0.0.1:${proxy.port}`;
    },
  },
  {
    name: 'is silent',
    open: async (stage) => {
      const broker = await stage.mosquitto();
      stage.repeat(async (wait) => {
        await wait(ANSWERING_MS);
        broker.signal('SIGSTOP');
        await wait(STOPPED_MS);
        broker.signal('SIGCONT');
      });
      return broker.url;
    },
  },
  {
    name: 'refuses all that is sent',
    open: async (stage) => {
      const files = { acl: 'topic read gates/#\n' };
      return (await stage.mosquitto({ lines: ['acl_file %folder%/acl'], files })).url;
    },
  },
  {
    name: 'refuses the gate',
    open: async (stage) => (await stage.mosquitto({ anonymous: false })).url,
  },
  { name: 'has a Receive Maximum of 1', open: openWindowOfOne },
  {
    name: 'takes packets of 1 kB at most',
    open: async (stage) => (await stage.mosquitto({ lines: ['max_packet_size 1024'] })).url,
  },
  {
    name: 'is behind a line of 1 kB/s',
    open: async (stage) => {
      const { port } = await stage.mosquitto();
      const proxy = await stage.proxy(port, SLOW_BYTES_PER_SECOND);
      return `mqtt://127.0.0.1:${proxy.port}`;
    },
  },
];
