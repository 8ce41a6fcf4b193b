#!/usr/bin/env node
import { join } from 'node:path';
import { loadBundle } from './load-bundle.ts';

/** What this file starts; without a bundle beside it (the sources as they are) its modules one by one. */
const { main } =
  loadBundle<typeof import('./program.ts')>({
    entry: join(import.meta.dirname, 'gatepost/program.cjs'),
    compiled: join(import.meta.dirname, 'gatepost-compiled'),
  }) ?? (await import('./program.ts'));
await main();
