import type { TalkTrouble } from '../../core/access/vocabulary.ts';
import { closeMicrophone } from './microphone.ts';

/** All addresses of a device are found in a few milliseconds; after this time those that are there go out. */
const GATHER_MS = 1_000;
/** A connection that is not back after so long is lost. */
const BACK_MS = 5_000;

interface TalkLinkDeps {
  /** Open; the link closes it. */
  readonly microphone: MediaStream;
  /** The other's voice comes in from now on. */
  readonly onVoice: () => void;
  /** Once, and not after close(). */
  readonly onLost: (trouble: TalkTrouble) => void;
}

/**
 * Two voices between this page and another device of the local network, encrypted, without any server between. Nothing is
 * recorded. One offers and accepts, the other answers.
 */
export class TalkLink {
  readonly #deps: TalkLinkDeps;
  readonly #peer = new RTCPeerConnection({ iceServers: [] });
  readonly #audio = new Audio();
  #isOver = false;
  #back: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: TalkLinkDeps) {
    this.#deps = deps;
    const { microphone } = deps;
    const peer = this.#peer;
    peer.ontrack = ({ track }) => {
      this.#audio.srcObject = new MediaStream([track]);
      // A browser that records plays too: it was allowed to by whoever pressed.
      void this.#audio.play().catch(() => undefined);
    };
    peer.onconnectionstatechange = () => this.#follow(peer.connectionState);
    for (const track of microphone.getTracks()) {
      track.onended = () => this.#lost('no_microphone');
      peer.addTrack(track, microphone);
    }
  }

  /** Describes this end; undefined where this device has no address. */
  async offer(): Promise<string | undefined> {
    await this.#peer.setLocalDescription();
    return this.#described();
  }

  async answer(offer: string): Promise<string | undefined> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.#peer.setLocalDescription();
    return this.#described();
  }

  async accept(answer: string): Promise<void> {
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** Nothing is heard there; the microphone stays open. */
  mute(isMuted: boolean): void {
    for (const track of this.#deps.microphone.getTracks()) track.enabled = !isMuted;
  }

  /** @param volume from 0 to 1 */
  set volume(volume: number) {
    this.#audio.volume = volume;
  }

  /** Closes microphone and connection, at once. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#back);
    closeMicrophone(this.#deps.microphone);
    this.#peer.close();
    this.#audio.pause();
    this.#audio.srcObject = null;
  }

  async #described(): Promise<string | undefined> {
    const peer = this.#peer;
    await new Promise<void>((resolve) => {
      const look = () => peer.iceGatheringState === 'complete' && resolve();
      peer.addEventListener('icegatheringstatechange', look);
      setTimeout(resolve, GATHER_MS);
      look();
    });
    const { sdp } = peer.localDescription ?? {};
    return sdp?.includes('\na=candidate') ? sdp : undefined;
  }

  #follow(state: RTCPeerConnectionState): void {
    clearTimeout(this.#back);
    if (state === 'connected') this.#deps.onVoice();
    if (state === 'failed') this.#lost('no_path');
    if (state === 'disconnected') this.#back = setTimeout(() => this.#lost('no_path'), BACK_MS);
  }

  #lost(trouble: TalkTrouble): void {
    if (this.#isOver) return;
    this.close();
    this.#deps.onLost(trouble);
  }
}
