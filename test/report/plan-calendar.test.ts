import { resolve } from 'node:path'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../src/platform/safe-text.js'
import { planCalendar } from '../../src/report/plan-calendar.js'
import type { PlanDocument } from '../../src/waves/plan-document.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import { replannedPlan, settingsWith, smallPlan, waveOf } from '../builders/plan-document.js'
import { hostilePlan } from '../builders/plan-document-extremes.js'

interface ReadEvent {
  readonly uid: string
  readonly sequence: number
  readonly first: string
  readonly until: string
  readonly summary: string
  readonly description: string
}

/** The events as the library reads them. */
function eventsOf(text: string): ReadEvent[] {
  return ICAL.Component.fromString(text)
    .getAllSubcomponents('vevent')
    .map((component) => {
      const event = new ICAL.Event(component)
      expect(event.startDate.isDate && event.endDate.isDate).toBe(true)
      return {
        uid: event.uid,
        sequence: event.sequence,
        first: event.startDate.toString(),
        until: event.endDate.toString(),
        summary: event.summary,
        description: event.description,
      }
    })
}

/** Content lines without the library: unfolded as RFC 5545, 3.1 says, on bytes; texts unescaped as 3.3.11 says. */
function linesOf(text: string): { name: string; value: string }[] {
  expect(text.endsWith('\r\n')).toBe(true)
  const folded = text.split('\r\n').slice(0, -1)
  for (const line of folded) {
    expect(line).not.toMatch(/[\r\n]/)
    expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(75)
    // A cut character would not survive this.
    expect(Buffer.from(line).toString('utf8')).toBe(line)
    expect(line).not.toContain('\ufffd')
  }
  const lines: string[] = []
  for (const line of folded) {
    if (line.startsWith(' ')) lines.push(lines.pop()! + line.slice(1))
    else lines.push(line)
  }
  return lines.map((line) => {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[A-Z]+=[A-Z]+)?:(.*)$/.exec(line) ?? []
    expect(name, line).not.toBe('')
    return { name, value: value.replace(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign)) }
  })
}

function textsOf(plan: PlanDocument, name: string): string[] {
  return linesOf(planCalendar(plan)).flatMap((line) => (line.name === name ? [line.value] : []))
}

describe('the calendar', () => {
  it('reads as reviewed', async () => {
    const text = planCalendar(replannedPlan())
    // Git keeps the golden file with line feeds alone.
    await expect(text.replaceAll('\r\n', '\n')).toMatchFileSnapshot(
      resolve(import.meta.dirname, 'golden/plan/replanned.ics'),
    )
  })

  it('has rollout, soak and gate of every wave, finished ones too, without gaps and overlaps', () => {
    const plan = smallPlan()
    const events = eventsOf(planCalendar(plan))
    expect(events.map(({ summary, first, until }) => [summary, first, until]).slice(9)).toEqual([
      ['Claude rollout, wave-3: 64 endpoints', '2026-12-14', '2026-12-16'],
      ['Claude rollout, wave-3: soak', '2026-12-16', '2026-12-19'],
      ['Claude rollout, wave-3: gate check', '2027-01-05', '2027-01-06'],
      ['Claude rollout, last: 5 endpoints', '2027-01-05', '2027-01-06'],
      ['Claude rollout, last: soak', '2027-01-06', '2027-01-09'],
      ['Claude rollout, last: gate check', '2027-01-11', '2027-01-12'],
    ])
    expect(eventsOf(planCalendar(replannedPlan()))).toHaveLength(3 * 5)
  })

  it('has no soak where none is asked for', () => {
    const wave = waveOf({ name: 'wave-1', start: '2026-11-30', soakUntil: '2026-11-30' })
    const events = eventsOf(planCalendar(smallPlan({ waves: [wave] })))
    expect(events.map(({ summary }) => summary)).toEqual([
      'Claude rollout, wave-1: 12 endpoints',
      'Claude rollout, wave-1: gate check',
    ])
    expect(events[1]!.first).toBe('2026-12-01')
  })

  it('says in the rollout when it starts in each zone, in UTC', () => {
    const rollout = eventsOf(planCalendar(smallPlan())).find(({ summary }) => summary.endsWith('wave-3: 64 endpoints'))!
    expect(rollout.description).toContain('Starts at 2026-12-14T00:00:00Z (Asia/Tokyo: Osaka, Tokyo)\n')
    expect(rollout.description).toContain('Starts at 2026-12-14T08:00:00Z (Europe/Berlin)\n')
    expect(rollout.description).toContain('2026-12-15: 24 attempted\n')
    expect(rollout.description).toContain('64 clean endpoints rule out failure rates above about 4.6 %')
  })

  it('tells the first days of a long wave', () => {
    const days = Array.from({ length: 200 }, (_, at) => ({
      date: `2026-12-${String((at % 28) + 1).padStart(2, '0')}`,
      endpoints: 1,
    }))
    const [rollout] = eventsOf(planCalendar(smallPlan({ waves: [waveOf({ name: 'wave-1', days })] })))
    expect(rollout!.description.match(/: 1 attempted/g)).toHaveLength(10)
    expect(rollout!.description).toContain('and on 190 more days')
  })

  it('is a valid file without any wave', () => {
    const events = eventsOf(planCalendar(smallPlan({ waves: [] })))
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ first: '2026-11-20', summary: 'Claude rollout: no wave is planned' })
  })

  it('moves the events of a wave in a newer plan, and adds none for it', () => {
    const before = new Map(eventsOf(planCalendar(smallPlan())).map((event) => [event.uid, event]))
    const after = eventsOf(planCalendar(replannedPlan()))
    expect(new Set(after.map(({ uid }) => uid)).size).toBe(after.length)
    for (const event of after) {
      expect(event.uid).toMatch(/^[0-9a-f]{64}@fleet$/)
      expect(event.sequence).toBeGreaterThan(before.get(event.uid)!.sequence)
    }
    const other = eventsOf(planCalendar(smallPlan({ campaign: 'other' })))
    for (const { uid } of other) expect(before.has(uid)).toBe(false)
  })

  it('counts time since 2000 as the version of an event, within 32 bits', () => {
    const sequence = (asOf: string) => Number(textsOf(smallPlan({ asOf }), 'SEQUENCE')[0])
    expect(sequence('2000-01-01T00:01:30Z')).toBe(1)
    expect(sequence('1999-01-01T00:00:00Z')).toBe(0)
    expect(sequence('2100-12-31T23:59:59Z')).toBeLessThan(2 ** 31)
    expect(textsOf(smallPlan({ asOf: '2026-11-20T08:00:00.5Z' }), 'DTSTAMP')[0]).toBe('20261120T080000Z')
  })

  it('blocks nobody, and names no person', () => {
    expect(new Set(textsOf(smallPlan(), 'TRANSP'))).toEqual(new Set(['TRANSPARENT']))
    expect(textsOf(smallPlan(), 'PRODID')).toEqual(['-//fleet//rollout waves//EN'])
    expect(linesOf(planCalendar(smallPlan())).map(({ name }) => name)).not.toContain('ORGANIZER')
  })

  it('leaves the library as it was', () => {
    planCalendar(smallPlan())
    expect(ICAL.foldLength).toBe(75)
  })

  it('follows the calendar of the plan for the day of a gate', () => {
    const plan = smallPlan({ settings: settingsWith({ 'waves.holidays': ['2026-12-04'] }) })
    const gates = eventsOf(planCalendar(plan)).filter(({ summary }) => summary.endsWith('gate check'))
    // The next wave starts on the 7th, the first working day after the holiday.
    expect(gates[1]!.first).toBe('2026-12-07')
  })
})

describe('texts from data', () => {
  it('come back as they are shown', () => {
    const plan = hostilePlan(hostileTexts)
    const summaries = plan.waves.map(({ name, size }) => `Claude rollout, ${safeText(name)}: ${size} endpoints`)
    expect(textsOf(plan, 'SUMMARY').filter((text) => / endpoints$/.test(text))).toEqual(summaries)
    expect(textsOf(plan, 'X-WR-CALNAME')).toEqual([`Claude rollout: ${safeText(plan.campaign)}`])
  })

  it('break out of no line, whatever they are', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({
        unit: fc.constantFrom('🚀', 'é', '本', ',', ';', '\\', '\n', '\r', ':', '"', 'n', ' '),
        maxLength: 120,
      }),
    )
    fc.assert(
      fc.property(name, name, (wave, campaign) => {
        const plan = smallPlan({ campaign, waves: [waveOf({ name: wave })] })
        const summary = `Claude rollout, ${safeText(wave)}: soak`
        const text = planCalendar(plan)
        expect(linesOf(text).filter((line) => line.name === 'SUMMARY')[1]!.value).toBe(summary)
        expect(eventsOf(text)[1]!.summary).toBe(summary)
        expect(linesOf(text).filter(({ name: property }) => property === 'BEGIN')).toHaveLength(4)
      }),
    )
  })
})
