import type { ContactSettings } from '../../../src/core/screening/contact-reading.ts';
import type { ScreeningSettings } from '../../../src/core/screening/screening.ts';

/** The defaults of the config's section `screening`. */
export const SCREENING_SETTINGS: ScreeningSettings = {
  thresholdC: 37.3,
  estimate: 'object',
  offsetC: 0,
  ambientMinC: 16,
  ambientMaxC: 35,
  unknownAmbient: 'refuse',
  skinMinC: 35,
  skinMaxC: 43,
  coldWaitMs: 300_000,
  repeatAfterMs: 10_000,
  record: 'class',
};

export const CONTACT_SETTINGS: ContactSettings = {
  methods: ['axillary', 'tympanic'],
  thresholdsC: { axillary: 37.3, oral: 37.5, tympanic: 37.5 },
};
