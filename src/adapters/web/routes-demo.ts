import type { FastifyInstance } from 'fastify';
import {
  AccessPointQuery,
  DemoClockBody,
  DemoDoorBody,
  DemoInputBody,
  DemoPaperBody,
  DemoPersonBody,
  DemoPresentBody,
  DemoScanBody,
  DemoStoryBody,
  DemoUnplugBody,
} from '../../core/contract/requests.ts';
import { GatepostError } from '../../core/errors.ts';
import type { DemoPanel } from '../../ports/demo-panel.ts';
import { refuse } from './answers.ts';
import { MAX_IMAGE_BYTES, parse } from './bodies.ts';

const PICTURE_LIMIT = { rateLimit: { max: 60, timeWindow: 60_000 } };
const DONE = { status: 'done' };

/**
 * The routes of the demo panel. Without sign-in, because all its devices are simulated. Registered only if there is a
 * panel.
 */
export function registerDemoRoutes(app: FastifyInstance, panel: DemoPanel): void {
  app.get('/api/demo', () => panel.state());
  app.post('/api/demo/present', (request) => {
    panel.present(parse(DemoPresentBody, request.body));
    return DONE;
  });
  app.post('/api/demo/scan', (request) => {
    panel.scan(parse(DemoScanBody, request.body));
    return DONE;
  });
  app.post('/api/demo/person', (request) => {
    panel.setPerson(parse(DemoPersonBody, request.body));
    return DONE;
  });
  app.post('/api/demo/door', (request) => {
    panel.setDoor(parse(DemoDoorBody, request.body));
    return DONE;
  });
  app.post('/api/demo/input', (request) => {
    panel.setInput(parse(DemoInputBody, request.body));
    return DONE;
  });
  app.post('/api/demo/unplug', (request) => {
    panel.setUnplugged(parse(DemoUnplugBody, request.body));
    return DONE;
  });

  app.post('/api/demo/paper', (request) => {
    panel.setPaper(parse(DemoPaperBody, request.body));
    return DONE;
  });
  app.get('/api/demo/slip', (_request, reply) => {
    const slip = panel.slip();
    if (slip === undefined) return refuse(reply, 404, 'not_found', 'Nothing was printed yet.');
    return reply.type('image/png').send(Buffer.from(slip));
  });

  app.post('/api/demo/clock', (request) => {
    panel.setClock(parse(DemoClockBody, request.body));
    return DONE;
  });
  app.post('/api/demo/story', (request) => {
    panel.setStory(parse(DemoStoryBody, request.body));
    return DONE;
  });

  // In a separate scope, because no other route takes a picture as its body.
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      /^(image\/|application\/octet-stream)/,
      { parseAs: 'buffer', bodyLimit: MAX_IMAGE_BYTES },
      (_request, body, parsed) => parsed(null, body),
    );
    const route = { bodyLimit: MAX_IMAGE_BYTES, config: PICTURE_LIMIT };
    scope.post('/api/demo/picture', route, async (request) => {
      const { accessPoint } = parse(AccessPointQuery, request.query);
      if (!(request.body instanceof Uint8Array)) {
        throw new GatepostError('usage', 'There is no picture in the request. Send it as the body.');
      }
      return panel.scanPicture({ accessPoint, picture: request.body });
    });
    done();
  });
}
