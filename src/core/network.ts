const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
/** Hextets of an IPv6 address that are assigned to one customer, who has all 2^64 addresses of a /64. */
const PREFIX_HEXTETS = 4;

/**
 * The part of an IP address that belongs to one party: a whole IPv4 address, the first 64 bits of an IPv6 address.
 * Counts and limits by address use it. Text that is not an address is returned unchanged.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = MAPPED_IPV4.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, 8 - before.length - after.length);
  const hextets = [...before, ...(Array(zeros).fill('0') as string[]), ...after];
  const prefix = hextets.slice(0, PREFIX_HEXTETS).map((hextet) => hextet.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`;
}

/** Whether an address belongs to this machine itself. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase();
  return plain === '::1' || (MAPPED_IPV4.exec(plain)?.[1] ?? plain).startsWith('127.');
}
