import { describe, expect, it } from 'vitest';
import type { Broker, BrokerConnection, IncomingMessage, OutgoingMessage } from '../../src/ports/broker.ts';
import { MqttSubscriber, type ReceivedMessage } from '../support/broker/mqtt-subscriber.ts';

/** What a contract run needs: a running broker behind an address, and the adapter that speaks to it. */
interface BrokerUnderTest {
  readonly broker: Broker;
  readonly url: string;
}

const SUBJECT = 'gates/v1/willow-court/north/';
const WILL = message('state/conn', '{"state":"lost"}', true);
const NEVER = new AbortController().signal;

/** Behaviour every Broker must show, on the protocol version it speaks. */
export function brokerContract(title: string, protocol: 4 | 5, subject: () => BrokerUnderTest): void {
  async function connected(run: (connection: BrokerConnection) => Promise<void>): Promise<void> {
    const connection = await subject().broker.connect(WILL, NEVER);
    try {
      await run(connection);
    } finally {
      await connection.close();
    }
  }
  async function subscribed(run: (subscriber: MqttSubscriber) => Promise<void>): Promise<void> {
    const { url } = subject();
    const subscriber = await MqttSubscriber.start({ url, topics: [`${SUBJECT}#`], protocol });
    try {
      await run(subscriber);
    } finally {
      await subscriber.stop();
    }
  }

  describe(title, () => {
    it('names its protocol version and a Receive Maximum', () =>
      connected(async (connection) => {
        expect(connection.protocolVersion).toBe(protocol);
        expect(connection.receiveMaximum).toBeGreaterThanOrEqual(1);
        expect(connection.receiveMaximum).toBeLessThanOrEqual(65_535);
      }));

    it('hands over the very bytes, in order, and answers stored', () =>
      subscribed((subscriber) =>
        connected(async (connection) => {
          const bodies = Array.from({ length: 15 }, (_, index) => `{"name":"访客 ${index}"}`);
          const answers = await Promise.all(
            bodies.map((body) => connection.publish(message('evt/access', body, false))),
          );
          expect(answers).toEqual(bodies.map(() => ({ status: 'stored' })));
          await subscriber.until(() => events(subscriber.messages).length >= bodies.length);
          expect(events(subscriber.messages).map((event) => event.payload.toString('utf8'))).toEqual(bodies);
          if (protocol === 5) {
            expect(events(subscriber.messages)[0]).toMatchObject({
              contentType: 'application/json',
              historical: false,
            });
          }
        }),
      ));

    it('answers stored although nobody listens', () =>
      connected(async (connection) => {
        const answer = await connection.publish(message('evt/nobody', '{}', false));
        expect(answer).toEqual({ status: 'stored' });
      }));

    it('keeps retained states and empties them', async () => {
      await connected(async (connection) => {
        await connection.publish(message('state/door/main', '{"mode":"Locked"}', true));
      });
      await subscribed(async (subscriber) => {
        await subscriber.until((got) => got.some((one) => one.topic.endsWith('/state/door/main')));
        expect(subscriber.messages.find((one) => one.topic.endsWith('/door/main'))?.retain).toBe(true);
      });
      await connected(async (connection) => {
        await connection.publish(message('state/door/main', '', true));
      });
      await subscribed((subscriber) =>
        connected(async (connection) => {
          await connection.publish(message('evt/last', '{}', false));
          await subscriber.until((got) => got.some((one) => one.topic.endsWith('/evt/last')));
          expect(subscriber.messages.some((one) => one.topic.endsWith('/door/main'))).toBe(false);
        }),
      );
    });

    it('reads a request with all that its answer needs', () =>
      subscribed((subscriber) =>
        connected(async (connection) => {
          const reader = new RequestReader();
          await connection.subscribe([`${SUBJECT}cmd/+`], reader.take, { retainAsPublished: true });
          const properties = { responseTopic: `${SUBJECT}rsp/desk`, correlationData: Buffer.of(0, 255) };
          await subscriber.send(`${SUBJECT}cmd/open`, Buffer.of(1), { properties });
          await subscriber.send(`${SUBJECT}cmd/hold`, Buffer.of(2), { qos: 0 });
          await subscriber.send(`${SUBJECT}cmd/block`, Buffer.of(3), { retain: true });
          const [open, hold, block] = await reader.first(3);
          const answered =
            protocol === 5
              ? { responseTopic: `${SUBJECT}rsp/desk`, correlationData: Uint8Array.of(0, 255) }
              : {};
          const plain = { qos: 1, retained: false };
          expect(open).toEqual({
            topic: `${SUBJECT}cmd/open`,
            payload: Uint8Array.of(1),
            ...plain,
            ...answered,
          });
          expect(hold).toEqual({
            topic: `${SUBJECT}cmd/hold`,
            payload: Uint8Array.of(2),
            ...plain,
            qos: 0,
          });
          // On 3.1.1 who is connected already cannot see that it was sent to be retained.
          expect(block).toMatchObject({ payload: Uint8Array.of(3), retained: protocol === 5 });
          await subscriber.send(`${SUBJECT}cmd/block`, new Uint8Array(), { retain: true });
        }),
      ));

    it('answers with correlation data and a time after which nobody wants the answer', () =>
      subscribed((subscriber) =>
        connected(async (connection) => {
          const answer = message('rsp/desk', '{"result":"done"}', false);
          await connection.publish({ ...answer, correlationData: Uint8Array.of(7, 0, 9), expirySeconds: 60 });
          await subscriber.until((got) => got.some(({ topic }) => topic.endsWith('/rsp/desk')));
          const got = subscriber.messages.find(({ topic }) => topic.endsWith('/rsp/desk'));
          expect(got?.payload.toString()).toBe('{"result":"done"}');
          expect(got?.correlationData).toEqual(protocol === 5 ? Buffer.of(7, 0, 9) : undefined);
          expect(got?.expirySeconds).toEqual(protocol === 5 ? expect.any(Number) : undefined);
        }),
      ));

    it('leaves without its will when it is closed, and its end is no error', () =>
      subscribed(async (subscriber) => {
        const connection = await subject().broker.connect(WILL, NEVER);
        await connection.close();
        await connection.close();
        expect(await connection.closed).toBeUndefined();
        await expect(connection.publish(message('evt/late', '{}', false))).rejects.toMatchObject({
          code: 'broker.lost',
        });
        await connected(async (other) => {
          await other.publish(message('evt/after', '{}', false));
          await subscriber.until((got) => got.some((one) => one.topic.endsWith('/evt/after')));
        });
        const wills = subscriber.messages.filter((one) => one.topic.endsWith('state/conn') && !one.retain);
        expect(wills).toEqual([]);
      }));

    it('is closed in bounded time although answers are outstanding', () =>
      connected(async (connection) => {
        const open = Promise.allSettled([connection.publish(message('evt/open', '{}', false))]);
        await connection.close();
        await open;
      }));

    it('leaves its will behind when the socket is cut, and ends with broker.lost', () =>
      subscribed(async (subscriber) => {
        const connection = await subject().broker.connect(WILL, NEVER);
        const pending = Promise.allSettled([connection.publish(message('evt/cut', '{}', false))]);
        connection.destroy();
        connection.destroy();
        expect(await connection.closed).toMatchObject({ code: 'broker.lost' });
        await pending;
        await subscriber.until((got) => got.some((one) => one.topic.endsWith('/state/conn')));
        expect(subscriber.messages.at(-1)?.payload.toString('utf8')).toBe('{"state":"lost"}');
      }));

    it('gives up a connect that is aborted', async () => {
      const abort = new AbortController();
      const connecting = subject().broker.connect(WILL, abort.signal);
      abort.abort();
      await expect(connecting).rejects.toMatchObject({ code: 'broker.unreachable' });
    });
  });
}

/** Waits for the requests that come to the gate. */
class RequestReader {
  readonly #got: IncomingMessage[] = [];
  #heard: () => void = () => undefined;

  readonly take = (message: IncomingMessage): void => {
    this.#got.push(message);
    this.#heard();
  };

  async first(count: number): Promise<readonly IncomingMessage[]> {
    while (this.#got.length < count)
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    return this.#got;
  }
}

function message(topic: string, text: string, retain: boolean): OutgoingMessage {
  const payload = new TextEncoder().encode(text);
  return { topic: SUBJECT + topic, payload, retain, contentType: 'application/json' };
}

function events(messages: readonly ReceivedMessage[]): ReceivedMessage[] {
  return messages.filter((one) => one.topic.endsWith('/evt/access'));
}
