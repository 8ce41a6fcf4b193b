import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { FaultEvent, FrameDecoder } from '../checksums/frame-decoder.ts';
import { type LineParts, openDecodedLine } from './decoded-line.ts';
import { RequestCycle } from './request-cycle.ts';

export interface AskedLineOptions<Reading> {
  readonly line: LineParts;
  readonly decoder: FrameDecoder<Reading>;
  readonly onEvent: (event: Reading | FaultEvent) => void;
  readonly signal: AbortSignal;
  readonly greeting?: readonly number[];
  /** The bytes of the next request. */
  readonly request: () => readonly number[];
  readonly periodMs: number;
  readonly deadlineMs: number;
}

/**
 * Opens the line of a device that speaks only when asked, and asks it until the link is over. Any whole frame counts
 * as the answer; what is not whole at the deadline is thrown away before the next request.
 */
export async function openAskedLine<Reading>(options: AskedLineOptions<Reading>): Promise<DeviceLink> {
  const { line, decoder, onEvent, request, signal } = options;
  let frames = decoder.wholeFrames;
  let send: () => void = () => undefined;
  const cycle = new RequestCycle({
    clock: line.clock,
    periodMs: options.periodMs,
    deadlineMs: options.deadlineMs,
    send: () => send(),
    onDeadline: () => decoder.discard().forEach(onEvent),
  });
  const watched = {
    push(bytes: Uint8Array, atMs: number) {
      const events = decoder.push(bytes, atMs);
      if (decoder.wholeFrames > frames) {
        frames = decoder.wholeFrames;
        cycle.answered();
      }
      return events;
    },
  };
  const { greeting } = options;
  const link = await openDecodedLine({
    line,
    decoder: watched,
    onEvent,
    signal,
    ...(greeting === undefined ? {} : { greeting }),
  });
  send = () => {
    // A line that ends under a write says so by `closed`.
    link.write(Uint8Array.from(request())).catch(() => link.close());
  };
  void link.closed.then(() => cycle.stop());
  cycle.start();
  return link;
}
