import type { FastifyInstance } from 'fastify';
import {
  AccessPointQuery,
  DemoClockBody,
  DemoDoorBody,
  DemoInputBody,
  DemoPersonBody,
  DemoPresentBody,
  DemoScanBody,
  DemoStoryBody,
  DemoUnplugBody,
} from '../../core/contract/requests.ts';
import { GatepostError } from '../../core/errors.ts';
import type { DemoPanel } from '../../ports/demo-panel.ts';
import { MAX_PICTURE_BYTES, parse } from './bodies.ts';

const PICTURE_LIMIT = { rateLimit: { max: 60, timeWindow: 60_000 } };
const DONE = { status: 'done' };

/** The demo panel: no sign-in, because nothing real hangs on it. Registered only where a stage exists. */
export function registerDemoRoutes(app: FastifyInstance, stage: DemoPanel): void {
  app.get('/api/demo', () => stage.state());
  app.post('/api/demo/present', (request) => {
    stage.present(parse(DemoPresentBody, request.body));
    return DONE;
  });
  app.post('/api/demo/scan', (request) => {
    stage.scan(parse(DemoScanBody, request.body));
    return DONE;
  });
  app.post('/api/demo/person', (request) => {
    stage.setPerson(parse(DemoPersonBody, request.body));
    return DONE;
  });
  app.post('/api/demo/door', (request) => {
    stage.setDoor(parse(DemoDoorBody, request.body));
    return DONE;
  });
  app.post('/api/demo/input', (request) => {
    stage.setInput(parse(DemoInputBody, request.body));
    return DONE;
  });
  app.post('/api/demo/unplug', (request) => {
    stage.setUnplugged(parse(DemoUnplugBody, request.body));
    return DONE;
  });

  app.post('/api/demo/clock', (request) => {
    stage.setClock(parse(DemoClockBody, request.body));
    return DONE;
  });
  app.post('/api/demo/story', (request) => {
    stage.setStory(parse(DemoStoryBody, request.body));
    return DONE;
  });

  // In a scope of its own: nowhere else is a picture a body.
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      /^(image\/|application\/octet-stream)/,
      { parseAs: 'buffer', bodyLimit: MAX_PICTURE_BYTES },
      (_request, body, parsed) => parsed(null, body),
    );
    const route = { bodyLimit: MAX_PICTURE_BYTES, config: PICTURE_LIMIT };
    scope.post('/api/demo/picture', route, async (request) => {
      const { accessPoint } = parse(AccessPointQuery, request.query);
      if (!(request.body instanceof Uint8Array)) {
        throw new GatepostError('usage', 'There is no picture in the request. Send it as the body.');
      }
      return stage.scanPicture({ accessPoint, picture: request.body });
    });
    done();
  });
}
