// Speaks the sentences of config/locales into config/voices/LANGUAGE/SENTENCE.opus and writes config/voices/manifest.json,
// which says what each file says and who spoke it. See config/voices/README.md.
// usage: node make-voices.mjs [--all]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = 'config/voices';
const MANIFEST = `${FOLDER}/manifest.json`;
/** Mandarin is read from Pinyin, because espeak-ng does not know which reading of a character is meant. */
const VOICES = {
  'zh-CN': { voice: 'cmn-latn-pinyin', wordsPerMinute: 165 },
  'zh-TW': { voice: 'cmn-latn-pinyin', wordsPerMinute: 165 },
  en: { voice: 'en-us', wordsPerMinute: 155 },
};
/** Kilobits a second: enough for one synthetic voice, less than two kilobytes a second. */
const KBITS = 12;

const all = process.argv.includes('--all');
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

const pinyin = json(`${FOLDER}/pinyin.json`);
const known = existsSync(MANIFEST) ? json(MANIFEST) : {};
const manifest = {};
const scratch = mkdtempSync(join(tmpdir(), 'gatepost-voices-'));
let made = 0;

try {
  for (const [language, how] of Object.entries(VOICES)) {
    const folder = `${FOLDER}/${language}`;
    mkdirSync(folder, { recursive: true });
    const { speech } = json(`config/locales/${language}.json`);
    for (const [sentence, says] of Object.entries(speech)) {
      const name = `${language}/${sentence}`;
      const spoken = pinyin[language]?.[sentence] ?? (language === 'en' ? says : undefined);
      if (spoken === undefined) throw new Error(`${FOLDER}/pinyin.json has no ${name}.`);
      manifest[name] = entryOf(name, { says, spoken, ...how });
    }
    for (const file of readdirSync(folder))
      if (manifest[`${language}/${file.replace(/\.opus$/, '')}`] === undefined) rmSync(join(folder, file));
  }
} finally {
  rmSync(scratch, { recursive: true });
}
writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
process.stdout.write(`${made} of ${Object.keys(manifest).length} sentences made.\n`);

/** The line of the manifest for one file, which is made unless it says these words already. */
function entryOf(name, { says, spoken, voice, wordsPerMinute }) {
  const file = `${FOLDER}/${name}.opus`;
  const entry = known[name];
  const isHuman = entry !== undefined && entry.by !== 'espeak-ng';
  const isSame =
    entry?.says === says && (isHuman || (entry.spoken ?? entry.says) === spoken) && existsSync(file);
  if (isHuman && isSame) return { ...entry, sha256: digest(readFileSync(file)) };
  if (isSame && !all) return entry;
  if (isHuman)
    process.stderr.write(`${file} no longer says its words: espeak-ng takes the place of ${entry.by}.\n`);
  const wav = join(scratch, 'voice.wav');
  // The variant f3 is a woman's voice, which carries better over the noise of a street than the standard one.
  execFileSync('espeak-ng', [
    '-v',
    `${voice}+f3`,
    '-s',
    String(wordsPerMinute),
    '-g',
    '2',
    '-a',
    '160',
    '-w',
    wav,
    spoken,
  ]);
  // A fixed serial number and no tags, so that the same words give the same file.
  const options = [
    '--quiet',
    '--speech',
    '--bitrate',
    String(KBITS),
    '--framesize',
    '60',
    '--serial',
    '1',
    '--discard-comments',
  ];
  execFileSync('opusenc', [...options, wav, file]);
  made++;
  return {
    says,
    ...(spoken === says ? {} : { spoken }),
    by: 'espeak-ng',
    voice,
    sha256: digest(readFileSync(file)),
  };
}
