import { hash } from 'node:crypto';
import { join } from 'node:path';
import { readBundleFile } from '../../adapters/inbox/bundle-file.ts';
import { bundleFileName, keptBundles } from '../../adapters/sqlite/bundle-shelf.ts';
import { databasePath, openForReading } from '../../adapters/sqlite/database.ts';
import type { HolderRecords } from '../../adapters/sqlite/holder-records.ts';
import { ReadConnection } from '../../adapters/sqlite/read-connection.ts';
import { policyOf } from '../../config/policy.ts';
import { policyOfBundle } from '../../config/policy-bundle.ts';
import type { Config } from '../../config/schema.ts';
import type { BundleContent } from '../../core/bundle/content.ts';
import { readWhole } from '../../core/bundle/open-bundle.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import { viewOf } from '../../core/events/row-view.ts';
import { type LedgerNeeds, ledgerNeeds } from '../../core/policy/ledger.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';

/** What a signed list in force says about a holder. */
interface ListedFact {
  readonly list: string;
  readonly says: unknown;
}

/** Everything about one holder, as it is handed out in JSON. */
export interface HolderExport {
  readonly format: 'gatepost-holder/1';
  readonly site: string;
  readonly gate: string;
  readonly timeZone: string;
  readonly madeAt: string;
  /** Absent where it is about one pass. */
  readonly holderRef?: string;
  readonly passIds: readonly string[];
  readonly register?: { readonly label: string; readonly unit: string };
  readonly photograph?: { readonly type: string; readonly base64: string };
  readonly events: readonly unknown[];
  readonly ledger: HolderRecords['ledger'];
  readonly quota?: HolderRecords['quota'];
  readonly orders: HolderRecords['orders'];
  readonly visits: HolderRecords['visits'];
  readonly reports: HolderRecords['reports'];
  readonly phoneCodes: HolderRecords['steps'];
  readonly musters: HolderRecords['musters'];
  readonly requests: HolderRecords['requests'];
  readonly lists: readonly ListedFact[];
}

export function exportOf(
  { site, gate }: Config,
  subject: HolderSubject,
  kept: { readonly records: HolderRecords; readonly events: readonly StoredEvent[] },
  lists: readonly ListedFact[],
): HolderExport {
  const { passIds, register, photograph, ledger, quota, orders, visits, reports, steps, musters, requests } =
    kept.records;
  return {
    format: 'gatepost-holder/1',
    site: site.id,
    gate: gate.id,
    timeZone: site.timeZone,
    madeAt: new Date().toISOString(),
    ...('holderRef' in subject ? subject : {}),
    passIds,
    ...(register && { register }),
    ...(photograph && {
      photograph: { type: photograph.type, base64: Buffer.from(photograph.bytes).toString('base64') },
    }),
    events: kept.events.map(({ sequence, body }) => viewOf(body)?.envelope ?? { sequence }),
    ledger,
    ...(quota && { quota }),
    orders,
    visits,
    reports,
    phoneCodes: steps,
    musters,
    requests,
    lists,
  };
}

/** The signed lists in force, read once. A damaged one says nothing. */
export class ListsInForce {
  readonly #contents: readonly BundleContent[];

  constructor(contents: readonly BundleContent[]) {
    this.#contents = contents;
  }

  /** @throws GatepostError `log.unavailable` */
  static async read(folder: string): Promise<ListsInForce> {
    const path = databasePath(folder);
    const connection = new ReadConnection(path);
    connection.attach(openForReading(path));
    const contents: BundleContent[] = [];
    try {
      for (const kept of keptBundles(connection)) {
        try {
          const bytes = await readBundleFile(join(folder, 'bundles', bundleFileName(kept)));
          if (hash('sha256', bytes, 'hex') === kept.digest) contents.push(readWhole(bytes).content);
        } catch (error) {
          if (!isGatepostError(error, 'bundle.refused')) throw error;
        }
      }
    } finally {
      connection.close();
    }
    return new ListsInForce(contents);
  }

  /** What they say about a holder and the holder's passes, or about one pass. */
  about(subject: HolderSubject, passIds: readonly string[]): readonly ListedFact[] {
    const holderRef = 'holderRef' in subject ? subject.holderRef : undefined;
    return this.#contents.flatMap((content): ListedFact[] => {
      if (content.type === 'orders') {
        const subjects = [
          ...passIds.map((id) => [id, undefined] as const),
          ...(holderRef === undefined ? [] : [['', holderRef] as const]),
        ];
        const orders = subjects.flatMap(([passId, holder]) => content.orders.ordersFor(passId, holder));
        return orders.map((says) => ({ list: 'orders', says }));
      }
      if (content.type === 'revocations') {
        const revoked = passIds.filter((id) => content.revoked.isRevoked(id, undefined, 0));
        const holder =
          holderRef !== undefined && content.revoked.isRevoked('', holderRef, 0) ? [{ holderRef }] : [];
        return [...revoked.map((passId) => ({ passId })), ...holder].map((says) => ({
          list: 'revocations',
          says,
        }));
      }
      if (content.type !== 'directory' || holderRef === undefined) return [];
      const words = content.directory.find(holderRef);
      return words === undefined ? [] : [{ list: 'directory', says: words }];
    });
  }

  /** What the rules in force need of the ledger. */
  needs(config: Config): LedgerNeeds {
    const listed = this.#contents.find((content) => content.type === 'policy');
    return ledgerNeeds(listed === undefined ? policyOf(config) : policyOfBundle(listed.json, config));
  }
}
