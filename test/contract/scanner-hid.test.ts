import { describe } from 'vitest';
import { fifoCable, inMemoryCable, keyboardRig, posRig } from '../support/devices/hid-rigs.ts';
import { codeReaderContract } from './code-reader.ts';

describe.each(['us', 'de', 'fr'] as const)('KeyboardCodeReader on simulated reports, layout %s', (layout) => {
  codeReaderContract(() => keyboardRig(inMemoryCable(), layout));
});

describe.each(['epoll', 'cat'] as const)('KeyboardCodeReader on a pipe read by %s', (backEnd) => {
  codeReaderContract(() => keyboardRig(fifoCable(backEnd), 'us'));
});

describe('PosCodeReader on simulated reports', () => {
  codeReaderContract(() => posRig(inMemoryCable()));
});

describe.each(['epoll', 'cat'] as const)('PosCodeReader on a pipe read by %s', (backEnd) => {
  codeReaderContract(() => posRig(fifoCable(backEnd)));
});
