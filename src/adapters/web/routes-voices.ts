import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { notFound } from './answers.ts';

/** What browsers play, by the end of the file's name. */
const TYPES: Readonly<Record<string, string>> = {
  opus: 'audio/ogg',
  ogg: 'audio/ogg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
};
const FILE = /^([a-z][a-z-]{0,39})\.(opus|ogg|mp3|m4a|wav)$/;
/** A sentence of some seconds is far smaller, in bytes. */
const LARGEST_BYTES = 2 * 1024 * 1024;

/** Files a minute of one network: a screen loads all of a language at once. */
const VOICE_LIMIT = { rateLimit: { max: 600, timeWindow: 60_000 } };

interface VoiceFile {
  readonly path: string;
  readonly type: string;
}

/**
 * The site's own voices: FOLDER/LANGUAGE/SENTENCE.opus in place of the sentences of the build. Looked through anew whenever
 * a screen is loaded, so a new file needs no restart.
 */
export function registerVoiceRoutes(
  app: FastifyInstance,
  { folder, languages, logger }: { folder: string; languages: readonly string[]; logger: Logger },
): void {
  let files: ReadonlyMap<string, VoiceFile> = new Map();

  app.get('/api/voices', { config: VOICE_LIMIT }, async () => {
    files = await lookThrough(folder, languages, logger);
    return { own: [...files.keys()] };
  });

  app.get<{ Params: { language: string; sentence: string } }>(
    '/api/voices/:language/:sentence',
    { config: VOICE_LIMIT },
    async ({ params: { language, sentence }, headers }, reply) => {
      const name = `${language}/${sentence}`;
      // The program may have been started anew since the screen asked which there are.
      if (!files.has(name)) files = await lookThrough(folder, languages, logger);
      const voice = files.get(name);
      // A pipe that stands there keeps no thread waiting.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK;
      const file = voice && (await open(voice.path, flags).catch(() => undefined));
      if (voice === undefined || file === undefined) return notFound(reply);
      try {
        const found = await file.stat();
        if (!found.isFile() || found.size === 0 || found.size > LARGEST_BYTES) return notFound(reply);
        const tag = `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"`;
        reply.header('etag', tag).header('cache-control', 'no-cache');
        if (headers['if-none-match'] === tag) return reply.code(304).send();
        return reply.type(voice.type).send(await file.readFile());
      } finally {
        await file.close();
      }
    },
  );
}

/** The files by name, e.g. `en/scan`. A folder that cannot be read counts as empty, and is told. */
async function lookThrough(
  folder: string,
  languages: readonly string[],
  logger: Logger,
): Promise<ReadonlyMap<string, VoiceFile>> {
  const files = new Map<string, VoiceFile>();
  for (const language of languages) {
    try {
      for (const name of await readdir(join(folder, language))) {
        const [, sentence, ending = ''] = FILE.exec(name) ?? [];
        const type = TYPES[ending];
        if (sentence !== undefined && type !== undefined)
          files.set(`${language}/${sentence}`, { path: join(folder, language, name), type });
      }
    } catch (error) {
      // A site need not have a voice for each language.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        logger.warn(
          { folder, language, error: messageOf(error) },
          'The own voices cannot be read; the built-in ones speak.',
        );
    }
  }
  return files;
}
