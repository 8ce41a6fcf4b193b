import { GatepostError } from '../../src/core/errors.ts';
import { hexOf } from '../framing/sums.ts';

const FIRST_LINE = '# Gatepost recording, version 1';
const COMMENT = '#';
const LINE = /^(\d{1,8}) ([<>])((?: [0-9A-Fa-f]{2})+)$/;

/** Bytes that were sent over a line at once. */
export interface RecordedBytes {
  /** Whole milliseconds since the line was open. */
  readonly atMs: number;
  readonly from: 'device' | 'kiosk';
  readonly bytes: Uint8Array;
}

/** What a device has sent and received, in the order of time. */
export interface Recording {
  /** Lines for people: which device it was, and how the recording was made. */
  readonly notes: readonly string[];
  readonly pieces: readonly RecordedBytes[];
}

/** The text of a recording: comments, then a line for each piece: milliseconds, `<` or `>`, bytes in hex. */
export function formatRecording({ notes, pieces }: Recording): string {
  const comments = notes.map((note) => `${COMMENT} ${note}`);
  const lines = pieces.map(
    ({ atMs, from, bytes }) => `${atMs} ${from === 'device' ? '<' : '>'} ${hexOf(bytes)}`,
  );
  return [FIRST_LINE, ...comments, ...lines, ''].join('\n');
}

/**
 * Reads such a text; it may also be written by hand from a data sheet.
 * @throws GatepostError `usage` naming the wrong line
 */
export function parseRecording(text: string): Recording {
  const [first, ...lines] = text.split(/\r?\n/);
  if (first !== FIRST_LINE) {
    throw new GatepostError('usage', `This is no recording: its first line is not "${FIRST_LINE}".`);
  }
  const notes: string[] = [];
  const pieces: RecordedBytes[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(COMMENT)) notes.push(line.slice(COMMENT.length).trim());
    else if (line !== '') pieces.push(pieceOf(line, index + 2, pieces.at(-1)?.atMs ?? 0));
  }
  return { notes, pieces };
}

function pieceOf(line: string, number: number, notBeforeMs: number): RecordedBytes {
  const [, ms, way, hex = ''] = LINE.exec(line) ?? [];
  const atMs = Number(ms);
  if (ms === undefined || atMs < notBeforeMs) {
    throw new GatepostError(
      'usage',
      `Line ${number} of the recording is not "milliseconds < bytes in hex", with times that do not go back: ${line.slice(0, 60)}`,
    );
  }
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return { atMs, from: way === '<' ? 'device' : 'kiosk', bytes };
}
