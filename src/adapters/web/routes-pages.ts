import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './answers.ts';
import type { WebContext } from './context.ts';

/** File names of the build: name, hash of the content, extension. */
const HASHED = /^\/assets\/[^/?]+-[\w-]{4,}\.\w+$/;
/** One of these, and not its compressed form. */
const ASSET = /^[\w-]+\.(?!br$|gz$)\w+$/;
const FOUND: readonly number[] = [200, 206, 304];
const NOT_BUILT = 'The screens are not built. Run "npm run build" in the program folder and start again.\n';

/** Sets the caching: files with a hash in the name never expire; all others are revalidated at each request. */
function keepOrAsk({ url }: FastifyRequest, reply: FastifyReply): void {
  if (url.startsWith('/api/')) return;
  reply.header('vary', 'accept-encoding');
  const isNamedByContent = HASHED.test(url) && FOUND.includes(reply.statusCode);
  reply.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
}

/**
 * The built pages. Each of their files becomes a route at the start, so other paths do not exist, and neither does the demo
 * page without the demo panel, nor the one about an authority where the kiosk makes none. What they load, which is most of
 * the files, is one route that looks for them: making hundreds of routes was a tenth of the processor time of a start.
 */
export async function registerPageRoutes(app: FastifyInstance, context: WebContext): Promise<void> {
  const { screensFolder, demo, logger, authority, gateName = 'Gatepost', gates } = context.options;
  const pages = [
    ...['guard', 'prompt'],
    ...(demo === undefined ? [] : ['demo']),
    ...(authority === undefined ? [] : ['trust']),
    ...((gates?.others.length ?? 0) === 0 ? [] : ['gates']),
  ];
  const built = existsSync(screensFolder);
  if (built) {
    const hidden = ['demo', 'trust', 'gates']
      .filter((page) => !pages.includes(page))
      .map((page) => `${page}/**`);
    await app.register(fastifyStatic, {
      root: screensFolder,
      wildcard: false,
      serveDotFiles: false,
      globIgnore: ['assets/**', '**/*.{br,gz}', ...hidden],
      // The build writes the compressed form of each file beside it.
      preCompressed: true,
      cacheControl: false,
    });
    const assets = join(screensFolder, 'assets');
    app.get<{ Params: { name: string } }>('/assets/:name', ({ params: { name } }, reply) =>
      ASSET.test(name) ? reply.sendFile(name, assets) : notFound(reply),
    );
    app.addHook('onSend', async (request, reply) => keepOrAsk(request, reply));
  }

  // No service worker belongs to it: nothing of the page may come from anywhere but the gate itself, now.
  app.get('/guard/manifest.webmanifest', (_request, reply) =>
    reply.type('application/manifest+json').send(JSON.stringify(manifestOf(gateName))),
  );
  for (const page of pages) {
    app.get(`/${page}`, (_request, reply) => reply.redirect(`/${page}/`, 308));
    if (existsSync(join(screensFolder, page, 'index.html'))) continue;
    logger.warn({ screensFolder, page }, NOT_BUILT.trim());
    app.get(`/${page}/`, (_request, reply) =>
      reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT),
    );
  }
  if (existsSync(join(screensFolder, 'index.html'))) return;
  const links = `Gatepost\n\n${pages.map((page) => `/${page}/`).join('\n')}\n`;
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(links));
}

/** With it a phone keeps the guard's page beside its other apps, under the name of the gate. */
function manifestOf(name: string): object {
  const icon = (size: number) => ({
    src: `/guard/icon-${size}.png`,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose: 'any maskable',
  });
  return {
    id: '/guard/',
    name,
    short_name: name,
    start_url: '/guard/',
    scope: '/guard/',
    display: 'standalone',
    background_color: '#0d1219',
    theme_color: '#18212d',
    icons: [icon(192), icon(512)],
  };
}
