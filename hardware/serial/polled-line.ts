import type { DeviceLink } from '../../src/ports/device-link.ts';
import { RequestCycle } from './request-cycle.ts';
import { type ByteDecoder, type LineDeps, openStreamingLine } from './streaming-line.ts';

/** A decoder that reports whole answers and can drop an incomplete one. */
interface AnswerDecoder<Event> extends ByteDecoder<Event> {
  /** Number of whole frames so far, of any device and value. */
  readonly wholeFrames: number;
  discard(): readonly Event[];
}

interface PolledLineDeps<Event> {
  readonly line: LineDeps;
  readonly decoder: AnswerDecoder<Event>;
  readonly onEvent: (event: Event) => void;
  readonly signal: AbortSignal;
  readonly greeting?: readonly number[];
  /** The bytes of the next request. */
  readonly request: () => readonly number[];
  readonly periodMs: number;
  readonly deadlineMs: number;
}

/**
 * Opens the line of a device that answers only when polled, and polls it until the link ends. Any whole frame counts
 * as the answer; an incomplete one is dropped at the deadline.
 */
export async function openPolledLine<Event>(deps: PolledLineDeps<Event>): Promise<DeviceLink> {
  const { line, decoder, onEvent, request, signal, greeting } = deps;
  let send: () => void = () => undefined;
  const cycle = new RequestCycle({
    clock: line.clock,
    periodMs: deps.periodMs,
    deadlineMs: deps.deadlineMs,
    send: () => send(),
    onDeadline: () => decoder.discard().forEach(onEvent),
  });
  const watched = {
    push(bytes: Uint8Array, atMs: number) {
      const before = decoder.wholeFrames;
      const events = decoder.push(bytes, atMs);
      if (decoder.wholeFrames > before) cycle.answered();
      return events;
    },
  };
  const link = await openStreamingLine({
    line,
    decoder: watched,
    onEvent,
    signal,
    ...(greeting === undefined ? {} : { greeting }),
  });
  send = () => {
    // A line that ends during a write reports it by `closed`.
    link.write(Uint8Array.from(request())).catch(() => link.close());
  };
  void link.closed.then(() => cycle.stop());
  cycle.start();
  return link;
}
