import { toHex } from '../encoding/hex.ts';

/** edwards25519: -x² + y² = 1 + d x² y² modulo p (RFC 8032 section 5.1). */
const ED25519_FIELD = 2n ** 255n - 19n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
/** y of a point of order 8; its negative belongs to the other points of that order. */
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/**
 * y of the eight points whose order divides 8, each for both signs of x. If such a point is used as a key, there are
 * signatures that verify for a message although nobody has a private key.
 */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  ED25519_FIELD - 1n,
  ORDER_8,
  ED25519_FIELD - ORDER_8,
]);

/**
 * Whether 32 bytes are a usable Ed25519 public key: the one encoding of a point on the curve whose order is not
 * small. Node.js makes key objects of any bytes, and some versions (20, 22) verify with points of small order. Costs
 * less than one check of a signature, so it may run for every pass.
 */
export function isEd25519Point(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const y = BigInt.asUintN(255, littleEndian(bytes));
  if (y >= ED25519_FIELD || SMALL_ORDER.has(y)) return false;
  // x² = (y² - 1) / (d y² + 1); a quotient has a root if and only if the product has one.
  const ySquared = (y * y) % ED25519_FIELD;
  return jacobiSymbol(((ySquared - 1n) * (D * ySquared + 1n)) % ED25519_FIELD, ED25519_FIELD) === 1;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/** 1 if `value` has a square root modulo the prime `modulus`, -1 if it has none, 0 for multiples of it. */
function jacobiSymbol(value: bigint, modulus: bigint): -1 | 0 | 1 {
  let [top, bottom] = [value, modulus];
  let isNegative = false;
  while (top !== 0n) {
    const low = lowBits(top);
    if (low === 0) {
      // 2 to an even power is a square.
      top >>= 30n;
      continue;
    }
    const zeros = 31 - Math.clz32(low & -low);
    const lowBottom = lowBits(bottom);
    const isTwoNoSquare = (lowBottom & 7) === 3 || (lowBottom & 7) === 5;
    if (isTwoNoSquare && (zeros & 1) === 1) isNegative = !isNegative;
    if (((low >> zeros) & 3) === 3 && (lowBottom & 3) === 3) isNegative = !isNegative;
    top >>= BigInt(zeros);
    [top, bottom] = [bottom % top, top];
  }
  if (bottom !== 1n) return 0;
  return isNegative ? -1 : 1;
}

function lowBits(value: bigint): number {
  return Number(BigInt.asUintN(30, value));
}

/** P-256: y² = x³ - 3x + b modulo p (SEC 2 section 2.4.2; NIST SP 800-186 section 3.2.1.3). */
const P256_FIELD = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Whether two coordinates of 32 bytes each are a point on P-256. */
export function isP256Point(x: Uint8Array, y: Uint8Array): boolean {
  const [xValue, yValue] = [numberOf(x), numberOf(y)];
  if (xValue >= P256_FIELD || yValue >= P256_FIELD) return false;
  return (yValue * yValue - (xValue * xValue * xValue - 3n * xValue + B)) % P256_FIELD === 0n;
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
