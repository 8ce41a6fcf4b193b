import mqtt from 'mqtt';

/** Bare mqtt.js: publishes so many messages of the same form from memory, with the same window, and ends. */
const [url = '', countText = '0', windowText = '20', bodyText = ''] = process.argv.slice(2);
const count = Number(countText);
const window = Number(windowText);
const body = Buffer.from(bodyText);
const MARK = '"sequence":"';
const at = body.indexOf(MARK) + MARK.length;
const topic = 'gates/v1/willow-court/bare/evt/access';
const options = {
  qos: 1,
  properties: { contentType: 'application/cloudevents+json', userProperties: { historical: 'true' } },
} as const;

const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0 });
let sent = 0;
let answered = 0;

function send(): void {
  sent += 1;
  const payload = Buffer.from(body);
  payload.write(String(sent).padStart(16, '0'), at, 'latin1');
  client.publish(topic, payload, options, (error) => {
    if (error) throw error;
    answered += 1;
    if (sent < count) send();
    else if (answered === count) client.end();
  });
}

client.on('connect', () => {
  for (let i = 0; i < window; i++) send();
});
