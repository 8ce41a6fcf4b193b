import { networkInterfaces } from 'node:os';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './screen-browser.ts';

const WHOLE_BROWSER = '/usr/bin/chromium';

/**
 * A Chromium whose microphones are played: each beeps. It names its addresses, as one does that may open a microphone. Where the
 * machine has no network but loopback it is the whole browser, because the bare engine finds no address there.
 */
export function openTalkingChromium(): Promise<Browser> {
  const hasNetwork = Object.values(networkInterfaces()).some((one) => one?.some(({ internal }) => !internal));
  const args = [
    ...CHROMIUM.args,
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    '--autoplay-policy=no-user-gesture-required',
  ];
  return chromium.launch({ ...CHROMIUM, args, ...(hasNetwork ? {} : { executablePath: WHOLE_BROWSER }) });
}

/** Notes each microphone and connection the page opens; before its scripts run. */
export const WATCH_TALK = `(() => {
  window.microphones = [];
  window.peers = [];
  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      window.microphones.push(stream.getTracks()[0]);
      return stream;
    };
  }
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...rest) { super(...rest); window.peers.push(this); }
  };
})()`;

/** What the page's microphones are: `live`, `muted` or `ended`, the oldest first. */
export function microphones(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    "window.microphones.map((one) => one.readyState === 'live' && !one.enabled ? 'muted' : one.readyState)",
  );
}

/** How much sound the page has received and played in its newest talk; 0 is silence. */
export function heard(page: Page): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const stats = await window.peers.at(-1)?.getStats();
    return [...(stats?.values() ?? [])].find(({ type }) => type === 'inbound-rtp')?.totalAudioEnergy ?? 0;
  })()`);
}
