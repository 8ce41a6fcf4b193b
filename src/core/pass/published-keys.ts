import { toHex } from './hex.ts';

/**
 * Public keys whose private halves stand in documents or are guessed first: whoever trusts one of them trusts
 * everybody. Ed25519 as 32 bytes, P-256 as the uncompressed point, in hex.
 */
const PUBLISHED: ReadonlyMap<string, string> = new Map([
  ...named('RFC 8032', [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    'dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292',
    '0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772',
  ]),
  ...named('RFC 8080', [
    '974d96a22d224bc01adb915091477d44ccd91c9a41a11430010117d52c59240e',
    'ccf9d9fd0c047bb4bc0b948fcf639f4b9451e34013936feb62713dc472048a3b',
  ]),
  ...named('RFC 8410', ['19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1']),
  ...named('RFC 9421', [
    '26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb',
    '04a885586552c2acf6471878cfd7b0935b4ffe0fd2dfc341248ea17bc41e058af031ce2737d2d30ce0617e851e83c61ef5679d151867657649035d90a74cd9e85d',
  ]),
  ...named('RFC 9529', [
    'ed06a8ae61a829ba5fa54525c9d07f48dd44a302f43e0f23d8cc20b73085141e',
    'a1db47b95184854ad12a0c1a354e418aace33aa0f2c662c00b3ac55de92f9359',
  ]),
  ...named('the Wycheproof test vectors', [
    '7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa',
    'a12c2beb77265f2aac953b5009349d94155a03ada416aad451319480e983ca4c',
  ]),
  // Of the secrets 00…, 01…, ff…, 00 01 02 …, 01 02 03 …, and of the number 1.
  ...named('every guess', [
    '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29',
    '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
    '76a1592044a6e4f511265bca73a604d90b0529d1df602be30a19a9257660d1f5',
    '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8',
    '79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664',
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  ]),
  ...named('RFC 5903', [
    '04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
    '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
  ]),
  ...named('RFC 6979', [
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  ]),
  ...named('RFC 7515', [
    '047fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad',
  ]),
  ...named('RFC 7517', [
    '0430a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3ee04b65e92456d9888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723',
  ]),
  ...named('RFC 8392', [
    '04143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9',
  ]),
  ...named('RFC 9052', [
    '0465eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c',
    '04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e',
    '0498f50a4ff6c05861c8860d13a638ea56c3f5ad7590bbfbf054e1c7b4d91d6280f01400b089867804b8e9fc96c3932161f1934f4223069170d924b7e03bf822bb',
  ]),
]);

/** Where the private half of a public key can be read by everybody; undefined for a key nobody has published here. */
export function whereItIsPublished(publicKey: Uint8Array): string | undefined {
  return PUBLISHED.get(toHex(publicKey));
}

function named(place: string, keys: readonly string[]): (readonly [key: string, place: string])[] {
  return keys.map((key) => [key, place] as const);
}
