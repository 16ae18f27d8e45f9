import ICAL from 'ical.js'
import { safeText } from '../platform/safe-text.js'
import { sha256 } from '../platform/sha256.js'
import { dayAfter } from '../waves/calendar.js'
import type { PlanDocument, Wave } from '../waves/plan-document.js'
import { gateDay, kindText, largestText, numbered, provesText, startsText } from './plan-words.js'
import { countText } from './words.js'

interface CalendarEvent {
  /** Stays the same in every plan of a campaign, so that a newer plan moves the event and does not add one. */
  readonly uid: string
  readonly first: string
  /** The day after the last one. */
  readonly until: string
  readonly summary: string
  readonly description: readonly string[]
}

/**
 * The waves as an iCalendar file (RFC 5545, https://www.rfc-editor.org/rfc/rfc5545, 2009-09): of each wave, finished ones
 * too, the rollout, its soak, and the day of its gate, as events of whole days that block nobody's time. The same plan
 * gives the same bytes. Waves that a re-plan has dropped are not in it: their events have to be deleted by hand.
 */
export function planCalendar(plan: PlanDocument): string {
  const calendar = new ICAL.Component('vcalendar')
  calendar.addPropertyWithValue('prodid', '-//fleet//rollout waves//EN')
  calendar.addPropertyWithValue('version', '2.0')
  calendar.addPropertyWithValue('calscale', 'GREGORIAN')
  // No part of RFC 5545, yet what calendars show; its type has to be given for its text to be escaped.
  calendar.addProperty(new ICAL.Property(['x-wr-calname', {}, 'text', safeText(`Claude rollout: ${plan.campaign}`)]))
  for (const event of eventsOf(plan)) calendar.addSubcomponent(component(event, plan))
  return folded(calendar)
}

function component(event: CalendarEvent, { asOf }: PlanDocument): ICAL.Component {
  const made = new ICAL.Component('vevent')
  made.addPropertyWithValue('uid', event.uid)
  made.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(new Date(asOf), true))
  made.addPropertyWithValue('sequence', sequenceOf(asOf))
  made.addPropertyWithValue('dtstart', ICAL.Time.fromDateString(event.first))
  made.addPropertyWithValue('dtend', ICAL.Time.fromDateString(event.until))
  made.addPropertyWithValue('summary', safeText(event.summary))
  made.addPropertyWithValue('description', event.description.map(safeText).join('\n'))
  made.addPropertyWithValue('transp', 'TRANSPARENT')
  return made
}

/** A long wave takes months; its table has every day. */
const mostDays = 10
const year2000 = Date.UTC(2000, 0, 1)

/**
 * A calendar takes an event for newer when its SEQUENCE is higher (RFC 5545, 3.8.7.4). No plan knows how many there were
 * before it, so the minutes since the year 2000 up to the scan stand for it: they grow with every newer scan, and fit the
 * 32 bits of the number for four thousand years.
 */
function sequenceOf(asOf: string): number {
  return Math.max(0, Math.floor((Date.parse(asOf) - year2000) / 60_000))
}

function eventsOf(plan: PlanDocument): CalendarEvent[] {
  if (plan.waves.length > 0)
    return plan.waves.flatMap((wave) => [rollout(plan, wave), ...soak(plan, wave), gate(plan, wave)])
  // A calendar without any event is no valid file.
  const day = plan.asOf.slice(0, 10)
  const summary = `Claude rollout: no wave is planned`
  return [
    { uid: uidOf(plan, '', 'none'), first: day, until: dayAfter(day), summary, description: ['Nobody needs one.'] },
  ]
}

function rollout(plan: PlanDocument, wave: Wave): CalendarEvent {
  // How a finished wave ended stands with its gate.
  const proof = wave.outcome === undefined ? provesText(wave.proves) : undefined
  return {
    uid: uidOf(plan, wave.name, 'rollout'),
    first: wave.start,
    until: dayAfter(wave.end),
    summary: summaryOf(wave, numbered(wave.size, 'endpoint')),
    description: [
      `Campaign ${plan.campaign}, ${kindText(wave)}, ${wave.status}.`,
      ...wave.days.slice(0, mostDays).map(({ date, endpoints }) => `${date}: ${countText(endpoints)} attempted`),
      ...(wave.days.length > mostDays ? [`and on ${numbered(wave.days.length - mostDays, 'more day')}`] : []),
      ...startsText(wave).map((start) => `Starts at ${start}`),
      `Platforms: ${largestText(wave.who.platform, 3)}`,
      `Departments: ${largestText(wave.who.department, 3)}`,
      ...(proof === undefined ? [] : [`When all is well: ${proof}.`]),
      ...(wave.status === 'planned' && wave !== plan.waves[0]
        ? ['Load its group into the MDM only after the gate of the wave before.']
        : []),
    ],
  }
}

/** The days between the last attempt and the gate; none when the settings ask for none. */
function soak(plan: PlanDocument, wave: Wave): CalendarEvent[] {
  if (wave.soakUntil <= wave.end) return []
  return [
    {
      uid: uidOf(plan, wave.name, 'soak'),
      first: dayAfter(wave.end),
      until: dayAfter(wave.soakUntil),
      summary: summaryOf(wave, 'soak'),
      description: [
        `Campaign ${plan.campaign}. Watch the ${numbered(wave.size, 'endpoint')} of the wave; start nothing new.`,
      ],
    },
  ]
}

function gate(plan: PlanDocument, wave: Wave): CalendarEvent {
  const day = gateDay(plan, wave)
  const { outcome } = wave
  return {
    uid: uidOf(plan, wave.name, 'gate'),
    first: day,
    until: dayAfter(day),
    summary: summaryOf(wave, 'gate check'),
    description: [
      `Campaign ${plan.campaign}. The soak is over: make new exports and a new scan, then run fleet plan check.`,
      ...(wave === plan.waves.at(-1) ? [] : ['The next wave starts only when that says advance.']),
      ...(outcome === undefined
        ? []
        : [
            `Finished on ${outcome.asOf.slice(0, 10)}: ${countText(outcome.succeeded)} ready, ${countText(outcome.failed.length)} failed, ${countText(outcome.pending.length)} not ready by lists without a date, ${countText(outcome.silent.length)} silent.`,
          ]),
    ],
  }
}

function summaryOf({ name }: Wave, what: string): string {
  return `Claude rollout, ${name}: ${what}`
}

function uidOf({ campaign }: PlanDocument, wave: string, kind: string): string {
  return `${sha256(JSON.stringify([campaign, wave, kind]))}@fleet`
}

/**
 * The text, in lines of at most 75 octets (RFC 5545, 3.1). The library folds so that no character is cut, but does not
 * count the blank that a continued line begins with, so it is told one octet less.
 */
function folded(calendar: ICAL.Component): string {
  const { foldLength } = ICAL
  try {
    ICAL.foldLength = 74
    return `${calendar.toString()}\r\n`
  } finally {
    ICAL.foldLength = foldLength
  }
}
