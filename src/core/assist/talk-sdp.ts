/** Longer descriptions are not passed on, in characters: those of sound alone have some 2000. */
export const LONGEST_SDP = 6144;
/** Addresses in one description. */
const MOST_CANDIDATES = 24;

/** One line of a session description (RFC 8866): a letter, and printable ASCII. */
const LINE = /^[a-z]=[\x20-\x7e]+$/;
/** An address of the device itself: there is no server between the two (RFC 8839 5.1). */
const HOST_CANDIDATE =
  /^a=candidate:[\w+/]{1,32} [12] (udp|tcp) \d{1,10} [\w.:-]{1,64} \d{1,5} typ host( |$)/i;

/**
 * Whether this is the description of one encrypted stream of sound between two devices, and of nothing else: no picture, no
 * data, no server. What is passed on to another page is judged by it.
 */
export function isTalkSdp(sdp: string): boolean {
  if (sdp.length > LONGEST_SDP || !sdp.endsWith('\r\n')) return false;
  const lines = sdp.slice(0, -2).split('\r\n');
  if (lines[0] !== 'v=0' || !lines.every((line) => LINE.test(line))) return false;
  const media = lines.filter((line) => line.startsWith('m='));
  const candidates = lines.filter((line) => line.startsWith('a=candidate'));
  return (
    media.length === 1 &&
    /^m=audio [1-9]\d{0,4} UDP\/TLS\/RTP\/SAVPF( \d{1,3})+$/.test(media[0] ?? '') &&
    lines.some((line) => line.startsWith('a=fingerprint:sha-')) &&
    candidates.length <= MOST_CANDIDATES &&
    candidates.every((line) => HOST_CANDIDATE.test(line))
  );
}
