import { useState } from 'preact/hooks';
import type { DeviceView } from '../../../ports/gate-state.ts';
import type { DoctorFinding, UpkeepView } from '../../../ports/upkeep.ts';
import { postJson } from '../../shared/api.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, wordIn } from '../../shared/locale.ts';
import { useAttendance } from '../desk/attendance.ts';
import { ForInstaller } from '../desk/for-installer.tsx';
import { adviceOf, deviceName } from '../doors/device-strip.tsx';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import { useStamp } from './moments.ts';
import { topicOf } from './topics.ts';

interface Props {
  readonly devices: readonly DeviceView[];
  readonly doctor: UpkeepView['doctor'];
  readonly nowMs: number;
  readonly onDone: () => Promise<void>;
  readonly onSessionDoubt: () => Promise<void>;
}

/** The devices as the gate sees them, and the machine as the doctor does. */
export function DoctorCard({ devices, doctor, nowMs, onDone, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const words = locale.guard.upkeep.doctor;
  const stamp = useStamp(nowMs);
  const { onLeft } = useAttendance();
  const [problem, setProblem] = useState<string>();
  const examine = async () => {
    setProblem(undefined);
    const answer = await postJson('/api/upkeep/examine', {});
    if (answer === 'unreachable') return setProblem(locale.guard.dialog.noAnswer);
    if (answer.status === 401) return onSessionDoubt();
    if (answer.body.error === 'desk.unattended') onLeft();
    if (answer.status !== 200) return setProblem(problemOf(locale, answer));
    return onDone();
  };
  const runs = doctor?.state === 'running';
  return (
    <section class="card" aria-labelledby="upkeep-doctor">
      <h2 id="upkeep-doctor">{words.title}</h2>
      <ul class="entries">
        {devices.map((device) => (
          <li key={device.id}>
            <p>
              <strong>{deviceName(locale, device)}</strong>
              {device.status !== 'ok' && <span class="fine">{adviceOf(locale, device)}</span>}
            </p>
            <span class={device.status === 'ok' ? 'badge good' : 'badge warn'}>
              <Icon name={device.status === 'ok' ? 'check' : 'warning'} />
              {wordIn(locale.vocabulary.deviceStatus, device.status)}
            </span>
          </li>
        ))}
      </ul>
      <p>{words.about}</p>
      <div role="status">
        {runs && <p>{fill(words.running, { time: stamp(doctor.sinceMs) })}</p>}
        {doctor?.state === 'failed' && (
          <p class="went-wrong">
            <Icon name="warning" /> {fill(words.failed, { time: stamp(doctor.atMs) })}
          </p>
        )}
        <span class="problem">{problem}</span>
      </div>
      {doctor?.state === 'failed' && <ForInstaller detail={doctor.detail} open={false} />}
      <div class="actions">
        <button type="button" disabled={runs} onClick={() => void examine()}>
          {words.examine}
        </button>
      </div>
      {doctor?.state === 'done' && (
        <>
          <h3>{fill(words.done, { time: stamp(doctor.atMs) })}</h3>
          <Findings findings={doctor.findings} />
        </>
      )}
    </section>
  );
}

const WRONG = ['fail', 'warn'] as const;

/** What is wrong, the worst first, once for each topic with what to do; below it how much is in order. */
function Findings({ findings }: { readonly findings: readonly DoctorFinding[] }) {
  const words = useWords().locale.guard.upkeep.doctor;
  const topics = [...new Set(findings.map(({ check }) => topicOf(check)))];
  const wrong = WRONG.flatMap((grade) =>
    topics
      .map((topic) => ({
        ...{ grade, topic },
        about: findings.filter((one) => one.grade === grade && topicOf(one.check) === topic),
      }))
      .filter(({ about }) => about.length > 0),
  );
  const fine = findings.filter(({ grade }) => grade === 'ok');
  return (
    <>
      {wrong.length === 0 && (
        <p class="good">
          <Icon name="check" /> {words.well}
        </p>
      )}
      <ul class="findings">
        {wrong.map(({ grade, topic, about }) => (
          <li key={`${grade} ${topic}`} class={grade}>
            <p>
              <strong>{words.topics[topic].title}</strong>{' '}
              <span class="badge warn">
                <Icon name="warning" />
                {words.grades[grade]}
              </span>
            </p>
            <p>{words.topics[topic].do}</p>
            <ForInstaller
              detail={about
                .map(({ text, fix }) => (fix === undefined ? text : `${text} → ${fix}`))
                .join('\n')}
              open={false}
            />
          </li>
        ))}
      </ul>
      {fine.length > 0 && (
        <details class="technical">
          <summary>{fill(words.fine, { count: fine.length })}</summary>
          <ul>
            {fine.map(({ check, text }) => (
              <li key={`${check} ${text}`} lang="en">
                {text}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
