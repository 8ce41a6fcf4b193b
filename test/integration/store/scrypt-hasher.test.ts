import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '../../../src/adapters/crypto/scrypt-hasher.ts';

const SALT = Buffer.from('NaCl'.repeat(4)).toString('base64').replaceAll('=', '');

describe('ScryptHasher', () => {
  it('verifies what it hashed and nothing else', async () => {
    const hasher = new ScryptHasher();
    const hash = await hasher.hash('plum tree in rain');
    expect(await hasher.verify('plum tree in rain', hash)).toBe(true);
    expect(await hasher.verify('plum tree in Rain', hash)).toBe(false);
  });

  it('salts: the same password never gives the same hash', async () => {
    const hasher = new ScryptHasher();
    const [one, two] = await Promise.all([hasher.hash('plum tree'), hasher.hash('plum tree')]);
    expect(one).not.toBe(two);
  });

  it('serves more callers than it has places', async () => {
    const hasher = new ScryptHasher();
    const hash = await hasher.hash('plum tree');
    const answers = await Promise.all(
      Array.from({ length: 7 }, (_, at) => hasher.verify(at % 2 === 0 ? 'plum tree' : 'pear tree', hash)),
    );
    expect(answers).toEqual([true, false, true, false, true, false, true]);
  });

  it.each([
    ['empty', ''],
    ['another scheme', '$2b$12$abcdefghijklmnopqrstuv'],
    ['cut off', `$scrypt$ln=15,r=8,p=1$${SALT}`],
    ['too dear', `$scrypt$ln=30,r=8,p=1$${SALT}$${'A'.repeat(43)}`],
    ['no cost', `$scrypt$ln=0,r=8,p=1$${SALT}$${'A'.repeat(43)}`],
  ])('says no to a hash that is %s', async (_form, hash) => {
    expect(await new ScryptHasher().verify('plum tree', hash)).toBe(false);
  });
});
