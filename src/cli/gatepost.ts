#!/usr/bin/env node
import { bundleIn, loadBundle } from './load-bundle.ts';

/** What this file starts; without a bundle beside it (the sources as they are) its modules one by one. */
const { main } =
  loadBundle<typeof import('./program.ts')>(bundleIn(import.meta.dirname)) ?? (await import('./program.ts'));
await main();
