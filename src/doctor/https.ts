import type { OwnScreens } from '../core/certificate/own-certificate.ts';
import { messageOf } from '../core/errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A kiosk renews its certificate with a third of its life left, so something has kept it from that by now. */
const LATE_DAYS = 30;

/** How the screens are reached from other machines. */
export interface HttpsFacts {
  /** Address at which they are served without encryption; absent where only this machine reaches them. */
  readonly plainHost?: string;
  /** Where the kiosk makes its own certificate: what there is. It may throw. */
  readonly own?: () => Pick<OwnScreens, 'facts' | 'isByAuthority'> | undefined;
}

/** Whether other machines reach the screens encrypted, and whether the kiosk's own certificate is good. */
export function checkHttps(machine: Machine, { plainHost, own }: HttpsFacts, nowMs: number): Finding[] {
  const plain =
    plainHost === undefined
      ? []
      : [
          warn(
            'https',
            `The screens on ${plainHost} are reached without encryption: passwords can be read on the way.`,
            'Write web.https with the names of this kiosk, and take web.host out.',
          ),
        ];
  // The files of the service are for the service alone.
  if (own === undefined || !machine.isAskedByRoot) return plain;
  return [...plain, checkOwn(own, nowMs)];
}

function checkOwn(own: NonNullable<HttpsFacts['own']>, nowMs: number): Finding {
  try {
    const screens = own();
    if (screens === undefined) {
      const text =
        'There is no certificate for the screens yet: the gate makes it once its time is confirmed.';
      return warn('https', text, 'gatepost https make');
    }
    const days = Math.floor((screens.facts.notAfterMs - nowMs) / DAY_MS);
    const fix = 'gatepost https make says why; journalctl -u gatepost has it too.';
    if (!screens.isByAuthority)
      return fail(
        'https',
        'The certificate of the screens is by another authority than the one beside it, so devices that were given this one warn. A renewal was cut off, or one of the two files is an older copy.',
        'The gate makes another one once its time is confirmed, or at once: gatepost https make. Then compare the fingerprint on the devices.',
      );
    if (days < 0) return fail('https', 'The certificate of the screens has ended and was not renewed.', fix);
    if (days < LATE_DAYS)
      return warn('https', `The certificate of the screens ends in ${days} days and was not renewed.`, fix);
    return ok('https', `The certificate of the screens is good for ${days} days and renews itself.`);
  } catch (error) {
    return fail(
      'https',
      messageOf(error),
      'Put the file back, or make another one: gatepost https renew-authority',
    );
  }
}
