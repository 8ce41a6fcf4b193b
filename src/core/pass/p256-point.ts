/** P-256: y² = x³ - 3x + b modulo p (SEC 2 section 2.4.2; NIST SP 800-186 section 3.2.1.3). */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Whether two coordinates of 32 bytes each are a point on P-256. */
export function isP256Point(x: Uint8Array, y: Uint8Array): boolean {
  const [xValue, yValue] = [numberOf(x), numberOf(y)];
  if (xValue >= P || yValue >= P) return false;
  return (yValue * yValue - (xValue * xValue * xValue - 3n * xValue + B)) % P === 0n;
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
