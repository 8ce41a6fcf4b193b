import type { Given } from '../../core/desk/guard-order.ts';
import {
  CONTACT_MAX_C,
  CONTACT_MIN_C,
  type ContactReading,
  type ContactSettings,
  contactOutcome,
  isContactDegrees,
} from '../../core/screening/contact-reading.ts';
import type { OrderRefusal } from '../../ports/guard-desk.ts';
import { type OrderPlan, overrideAt, refused } from '../log/desk-records.ts';
import { contactRecord } from './access-record.ts';
import { countedAt } from './passage-effects.ts';
import { claimsOf, type KnownPassage } from './passage-facts.ts';
import type { RecentPassages } from './recent-passages.ts';

interface ContactReadingsDeps {
  readonly settings: ContactSettings;
  readonly recordDegrees: boolean;
  readonly accessPoint: Parameters<typeof countedAt>[1];
  readonly recent: RecentPassages;
}

/** What guards measure by hand at one access point: judged, noted, and an elevated one counted once a person. */
export class ContactReadings {
  readonly #deps: ContactReadingsDeps;

  constructor(deps: ContactReadingsDeps) {
    this.#deps = deps;
  }

  /** The reading that an order carries, or why there can be none of it. */
  judge({
    operator,
    contactReading: read,
  }: Pick<Given<'contact-reading'>, 'operator' | 'contactReading'>): ContactReading | OrderRefusal {
    const { settings } = this.#deps;
    if (!settings.methods.includes(read.method)) {
      return refused(
        'no_such_method',
        `This gate knows no thermometer for this method (${read.method}). Its config names: ${settings.methods.join(', ') || 'none'} (screening.contactReading.methods).`,
      );
    }
    if (!isContactDegrees(read.degreesC)) return refused('wrong_degrees', WRONG_DEGREES);
    return { ...read, outcome: contactOutcome(read, settings), enteredBy: operator };
  }

  /** The row of the reading, and what it counts for. The passage is told of it by whoever carries it out. */
  plan(passage: KnownPassage, reading: ContactReading): Required<Pick<OrderPlan, 'events' | 'effects'>> {
    const { accessPoint, recordDegrees, recent } = this.#deps;
    const passId = claimsOf(passage.facts)?.passId;
    const isCase = reading.outcome === 'elevated' && !recent.hasElevated(passage.id, passId);
    return {
      events: [
        overrideAt(accessPoint.id, {
          operator: reading.enteredBy,
          action: 'contact-reading',
          accessPoint: accessPoint.id,
          passage: passage.id,
          screening: { contactReading: contactRecord(reading, recordDegrees) },
        }),
      ],
      effects: isCase ? [countedAt(passage.facts, accessPoint, 'contactReading', 'elevated')] : [],
    };
  }
}

export const WRONG_DEGREES = `A contact thermometer shows ${CONTACT_MIN_C}.0 to ${CONTACT_MAX_C}.0 °C with one digit behind the point. Look at it again, and type for example 36.8.`;
