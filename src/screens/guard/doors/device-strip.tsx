import type { DeviceView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { ForInstaller } from '../desk/for-installer.tsx';
import { useWords } from '../words.ts';

/** Devices that are inputs on a GPIO line. The words for GPIO faults are about the lock, so these need others. */
const READ: ReadonlySet<DeviceView['role']> = new Set([
  'contact',
  'exitButton',
  'callButton',
  'tamper',
  'fire',
]);

/** What is wrong and what to do; the daemon's own English sentence is shown below it for the installer. */
export function adviceOf(locale: Locale, { cause, status, role }: DeviceView): string {
  const { deviceCause } = locale.vocabulary;
  if (READ.has(role) && cause?.startsWith('gpio.')) return deviceCause.unreadable;
  const known = wordIn<string>(deviceCause, cause);
  if (known !== undefined) return known;
  return status === 'connecting' ? '' : deviceCause.other;
}

/** Who is meant by the id of a person whom the notifier tells. */
export function pushPersonIn(locale: Locale, person: string): string {
  return wordIn<string>(locale.vocabulary.pushPerson, person) ?? person;
}

export function deviceName(locale: Locale, { role, owner, id }: DeviceView): string {
  const word = wordIn<string>(locale.vocabulary.deviceRole, role) ?? id;
  if (owner === undefined) return word;
  return role === 'push' ? `${word} (${pushPersonIn(locale, owner)})` : `${word} ${owner}`;
}

export function DeviceStrip({ devices }: { devices: readonly DeviceView[] }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.devices;
  const { deviceCause } = locale.vocabulary;
  const troubled = devices.filter(({ status }) => status !== 'ok');
  const well = devices.filter(({ status }) => status === 'ok');
  return (
    <section class="devices" aria-labelledby="devices">
      <h2 id="devices">{words.title}</h2>
      {troubled.map((device) => (
        <article key={device.id} class={`trouble ${device.status}`}>
          <Icon name={device.status === 'connecting' ? 'dots' : 'warning'} />
          <div>
            <strong>
              {deviceName(locale, device)}: {wordIn(locale.vocabulary.deviceStatus, device.status)}
            </strong>{' '}
            <small>{fill(words.since, { time: clockText(language, device.sinceMs, timeZone) })}</small>
            <p>{adviceOf(locale, device)}</p>
            {device.detail && (
              <ForInstaller detail={device.detail} open={!Object.hasOwn(deviceCause, device.cause ?? '')} />
            )}
          </div>
        </article>
      ))}
      <ul class="badges">
        {troubled.length === 0 && devices.length > 0 && (
          <li class="badge good">
            <Icon name="check" />
            {words.allWell}
          </li>
        )}
        {well.map((device) => (
          <li key={device.id} class="badge" title={device.driver}>
            {deviceName(locale, device)}
            {device.dropped !== undefined && <small> {fill(words.dropped, { count: device.dropped })}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
