import type { Direction } from '../../core/access/vocabulary.ts';
import type { LogTrouble } from '../../core/errors.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { DayDesk } from '../../ports/day-desk.ts';
import type { DemoPanel } from '../../ports/demo-panel.ts';
import type { DeskPasses, PassPrinter } from '../../ports/desk-passes.ts';
import type { GuardDesk } from '../../ports/guard-desk.ts';
import type { RegisterLooks } from '../../ports/holder-register.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MusterDesk } from '../../ports/muster-book.ts';
import type { AccountDesk, CodeDesk, OperatorDesk } from '../../ports/operator-desk.ts';
import type { SessionStore } from '../../ports/operator-store.ts';
import type { HistoryDesk } from '../../ports/passage-history.ts';
import type { PasskeyDesk } from '../../ports/passkey-desk.ts';
import type { RegisterDesk } from '../../ports/register-desk.ts';
import type { AssistDesk, PromptSite, SelfServiceDesk } from '../../ports/resident-prompt.ts';
import type { TalkDesk } from '../../ports/talk.ts';
import type { UpkeepDesk } from '../../ports/upkeep.ts';

/** What a resident's screen needs before its socket is open: the answer of `GET /api/prompt`. */
interface PromptInfo extends PromptSite {
  readonly accessPoints: readonly {
    readonly id: string;
    readonly direction: Direction;
    readonly door: string;
  }[];
  /** The language shown first, e.g. `zh-CN`. */
  readonly language: string;
  readonly languages: readonly string[];
  /** IANA name of the site's time zone, which the page's clock shows instead of the browser's. */
  readonly timeZone: string;
  readonly simulated: boolean;
  /** `button`: the screens have one that calls the guard. `otherGate`: where else somebody is, in words. */
  readonly assist?: { readonly button: boolean; readonly otherGate?: string };
}

export interface WebServerDeps {
  /** Address to listen at; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 takes a free port; `address()` returns it. */
  readonly port: number;
  /** The same pages over TLS, once there is a certificate. */
  readonly secure?:
    | {
        readonly host: string;
        /** 0 takes a free port. */
        readonly port: number;
        /** Host names and IP addresses by which the pages are opened. */
        readonly names: readonly string[];
        /** Whether browsers shall never again open these host names without TLS. */
        readonly strict: boolean;
      }
    | undefined;
  /** The kiosk's own authority, where it makes one: PEM without its key, and SHA-256. It may throw. */
  readonly authority?:
    | (() => { readonly cert: string; readonly fingerprint: string } | undefined)
    | undefined;
  /** Name of the gate as people know it, for a guard's page that is installed on a phone. */
  readonly gateName?: string | undefined;
  /**
   * Several gates on one page. `others`: what the page of this kiosk watches beside it; without any it has no such page.
   * `watchedBy`: origins of kiosks whose page may watch this gate, once a guard who is signed in here lets it.
   */
  readonly gates?:
    | {
        readonly others: readonly { readonly name: string; readonly url: string }[];
        readonly watchedBy: readonly string[];
      }
    | undefined;
  /** Allowed origins besides the server's own, e.g. that of a TLS proxy: `https://gate.example`. */
  readonly allowedOrigins: readonly string[];
  /** Folder of the built pages (dist/screens). */
  readonly screensFolder: string;
  readonly deskForGuard: GuardDesk;
  readonly operators: OperatorDesk;
  /** Makes and ends accounts at the screen; without it only a command does. */
  readonly accounts?: AccountDesk | undefined;
  /** One-time codes of accounts; without it nobody has them. */
  readonly codes?: CodeDesk | undefined;
  /** Passkeys of accounts; without it nobody has them. */
  readonly passkeys?: PasskeyDesk | undefined;
  /** Keeps sign-ins over a restart; without it a restart signs everybody out. */
  readonly sessions?: SessionStore | undefined;
  /** Site and gate, for the names of the cookies, because browsers share cookies between all ports of a host name. */
  readonly cookieScope?: string;
  /** Whether a fire alarm is on; then a door can be held open without a password. */
  readonly isFire?: () => boolean;
  /** Orders sent before the end of a standstill are refused; without it they are not. */
  readonly standstills?: Pick<Standstills, 'lastEndMs'> | undefined;
  /** Looks of signed-in operators into the register of holders; without it there is none. */
  readonly registerLooks?: RegisterLooks | undefined;
  /** Looks up who came by, for signed-in operators; without it nobody can. */
  readonly history?: HistoryDesk | undefined;
  /** Passes that the desk has made; without it there are none. */
  readonly deskPasses?: DeskPasses | undefined;
  /** Prints them; without it pages and phones show them. */
  readonly passPrinter?: PassPrinter | undefined;
  /** Shows the registers to signed-in operators; without it they are empty. */
  readonly registers?: RegisterDesk | undefined;
  /** Shows signed-in operators the days in numbers; without it there are none. */
  readonly days?: DayDesk | undefined;
  /** Shows signed-in operators who is inside; without it nobody is shown. */
  readonly muster?: MusterDesk | undefined;
  /** Looks after what the kiosk keeps, for those with the right; without it only commands do. */
  readonly upkeep?: UpkeepDesk | undefined;
  /** The demo panel and its routes exist only where this is given. */
  readonly demo?: DemoPanel | undefined;
  readonly prompt: PromptInfo;
  /** Folder of the site's own voices; without it the built-in ones speak. */
  readonly voicesFolder?: string | undefined;
  /** Takes what is pressed at resident's screens of the kiosk itself; without it nobody can ask about their data. */
  readonly selfService?: SelfServiceDesk | undefined;
  /** Takes calls of the guard from resident's screens. */
  readonly assist?: AssistDesk | undefined;
  /** Takes what pages say about talks; without it no page may open a microphone. */
  readonly talk?: TalkDesk | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Why the gate opens for nobody and nobody can sign in. */
export interface OutOfOrderNotice {
  readonly trouble: LogTrouble;
  /** Plain sentence, in English, for the installer. */
  readonly detail: string;
  readonly file: string;
}

export interface WebAddress {
  readonly host: string;
  readonly port: number;
  /** e.g. `http://127.0.0.1:8080` */
  readonly url: string;
  /** For other machines, e.g. `https://gate.local:8443`; absent while nothing is served over TLS. */
  readonly secureUrls?: readonly string[];
}
