import type { EventDraft } from '../../core/events/event.ts';
import { publishedDay } from '../../core/report/day-counts.ts';
import { type DeletionReport, reportDigest, signReport } from '../../core/report/deletion-report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DayCounts, EndingFiles, SiteEnding } from '../../ports/site-store.ts';

interface StandDownDeps {
  readonly site: string;
  readonly gate: string;
  readonly ending: SiteEnding;
  readonly files: EndingFiles;
  readonly counts: DayCounts;
  readonly clock: Clock;
}

/**
 * Ends a checkpoint for good: signs a last report with numbers only, erases everything about people, then the keys, the
 * gate's own key last. A run that is interrupted before the erasing changes nothing; one that is interrupted later is
 * completed by the next run.
 * @returns the text of the report
 */
export function standDown(deps: StandDownDeps): string {
  const { ending, files } = deps;
  if (!ending.isStoodDown()) begin(deps);
  ending.eraseEvents();
  ending.compact();
  files.eraseLists();
  files.eraseGateKey();
  return files.report();
}

/** Stores the report before anything is erased; the erasing that it reports is the next step. */
function begin({ site, gate, ending, files, counts, clock }: StandDownDeps): void {
  const { wallMs, quality } = clock.read();
  const report: DeletionReport = {
    site,
    gate,
    endedAt: new Date(wallMs).toISOString(),
    log: ending.logEnd(),
    erased: ending.holdings(),
    days: counts.days().map((day) => publishedDay(day, counts.cells(day))),
  };
  const signed = signReport(report, files.gateKey());
  files.keepReport(`${JSON.stringify(signed, null, 2)}\n`);
  const event: EventDraft = {
    name: 'site.stooddown',
    subject: gate,
    data: { reportDigest: reportDigest(report), publicKey: signed.publicKey, erased: report.erased },
    timeMs: wallMs,
    timeQuality: quality,
  };
  ending.standDown(event);
}
