import { describe, expect, it } from 'vitest'
import {
  answerText,
  boundText,
  daysText,
  failureRateText,
  gateDay,
  largestText,
  movedDatesOf,
  provesText,
  settingText,
  shareText,
} from '../../src/report/plan-words.js'
import type { PlanDocument } from '../../src/waves/plan-document.js'
import { settingTable } from '../../src/waves/setting-table.js'
import { latePlan, replannedPlan, settingsWith, smallPlan, unreachablePlan, waveOf } from '../builders/plan-document.js'

describe('numbers carry no false precision', () => {
  it.each([
    [100, '100 %'],
    [22.1, '22 %'],
    [9.96, '10 %'],
    [9.94, '9.9 %'],
    [4, '4 %'],
    [0.999, '1 %'],
    [0.35, '0.35 %'],
    [0.1, '0.1 %'],
    [0.0003, '0.01 %'],
    [0, '0.01 %'],
  ])('a failure rate of %d is %s', (percent, text) => expect(failureRateText(percent)).toBe(text))

  it.each([
    [94.99, '94.9 %'],
    [94.9, '94.9 %'],
    [95, '95.0 %'],
    [null, '–'],
  ])('a share of %d is %s: never rounded up to a target', (percent, text) => expect(shareText(percent)).toBe(text))

  it('says what twelve clean endpoints prove', () => {
    expect(provesText(waveOf({ name: 'wave-1', size: 12 }).proves)).toBe(
      '12 clean endpoints rule out failure rates above about 22 %',
    )
    expect(provesText(waveOf({ name: 'wave-1', size: 1 }).proves)).toMatch(/^1 clean endpoint rules out/)
    expect(provesText({ clean: 0, failureRate: 100 })).toBeUndefined()
  })

  it('claims nothing for a wave that did not end clean', () => {
    const [clean, failed] = replannedPlan().waves
    expect(boundText(clean!)).toBe('≤ 45 %')
    expect(boundText(failed!)).toBe('–')
  })
})

describe('the answer', () => {
  const answered = (target: Partial<PlanDocument['target']>) => {
    const plan = smallPlan()
    return answerText({ ...plan, target: { ...plan.target, ...target } })
  }

  it('counts the days to and from the day that was asked for', () => {
    expect(answerText(smallPlan())).toEqual({ text: 'met in time on 2027-01-08, 21 days before', tone: 'good' })
    expect(answerText(latePlan())).toEqual({ text: 'met late: earliest 2027-01-08, 21 days after', tone: 'bad' })
    expect(answered({ by: '2027-01-08' })).toEqual({ text: 'met in time on 2027-01-08', tone: 'good' })
    expect(answered({ answer: 'late', by: '2027-01-07' }).text).toMatch(/, 1 day after$/)
  })

  it('is never good where nothing is in scope, or the target cannot be met', () => {
    expect(answered({ answer: 'unreachable', denominator: 0, ready: 0, needed: 0 }).tone).toBe('bad')
    expect(answerText(unreachablePlan())).toEqual({
      text: 'cannot be met: when all waves are done, 776 of 1,000 (77.6 %) are expected to be ready, 174 too few',
      tone: 'bad',
    })
  })

  it('names no verdict where no day is set', () => {
    expect(answered({ answer: 'no-date', by: undefined })).toEqual({
      text: 'met on 2027-01-08; no day is set for it',
      tone: 'open',
    })
    expect(answered({ answer: 'met' })).toEqual({ text: 'met already', tone: 'good' })
  })
})

describe('dates', () => {
  it('are as short as they can be without doubt', () => {
    expect(daysText('2026-12-14', '2026-12-14')).toBe('2026-12-14')
    expect(daysText('2026-12-14', '2026-12-15')).toBe('2026-12-14 to 12-15')
    expect(daysText('2026-12-28', '2027-01-05')).toBe('2026-12-28 to 2027-01-05')
  })

  it('join the moves of one date', () => {
    const last = smallPlan().waves.at(-1)!
    expect(movedDatesOf(last)).toEqual([
      {
        wave: 'last',
        what: 'start',
        from: '2026-12-19',
        to: '2027-01-05',
        why: 'Saturday is no working day; blackout: year end',
        ordinary: false,
      },
    ])
    expect(movedDatesOf(smallPlan().waves[1]!)[0]!.ordinary).toBe(true)
  })

  it('have the gate on the first working day after the soak', () => {
    const plan = smallPlan()
    expect(plan.waves.map((wave) => gateDay(plan, wave))).toEqual([
      '2026-11-27',
      '2026-12-04',
      '2026-12-11',
      // Nobody works from the weekend to the end of the blackout; on that day the next wave shall start.
      '2027-01-05',
      '2027-01-11',
    ])
  })

  it('have the gate on the day of the next wave at the latest', () => {
    const plan = smallPlan({ settings: settingsWith({ 'waves.workingDays': ['wednesday'] }) })
    expect(gateDay(plan, plan.waves[0]!)).toBe('2026-11-30')
  })

  it('have the gate on the next day where the plan tells no calendar, or has no day', () => {
    const [wave] = smallPlan().waves
    expect(gateDay(smallPlan({ settings: [], waves: [wave!] }), wave!)).toBe('2026-11-27')
    const blackouts = [{ from: '2026-11-27', to: '2029-01-01', reason: 'freeze' }]
    expect(
      gateDay(smallPlan({ settings: settingsWith({ 'waves.blackouts': blackouts }), waves: [wave!] }), wave!),
    ).toBe('2026-11-27')
  })
})

describe('lists and values', () => {
  it('show the largest, and how many the others are', () => {
    const counted = [
      { name: 'Finance', endpoints: 9 },
      { name: '', endpoints: 4 },
      { name: 'Legal', endpoints: 2 },
      { name: '(others)', endpoints: 50 },
    ]
    expect(largestText(counted, 2)).toBe('Finance 9, (none) 4, others 52')
    expect(largestText(counted.slice(0, 2), 2)).toBe('Finance 9, (none) 4')
    expect(largestText([], 2)).toBe('')
  })

  it.each([
    [null, 'none'],
    [[], 'none'],
    [{}, 'none'],
    [95, '95'],
    [['friday', 'monday'], 'friday, monday'],
    [
      [{ from: '2026-12-20', reason: 'year end' }, { from: '2027-07-01' }],
      'from 2026-12-20, reason year end; from 2027-07-01',
    ],
    [{ Lyon: { megabitsPerSecond: 50 } }, 'Lyon (megabitsPerSecond 50)'],
  ])('a setting %j reads %s', (value, text) => expect(settingText(value)).toBe(text))

  it('the settings of the builder are those of a plan', () => {
    const known = new Set(settingTable.map(({ key }) => key))
    for (const { key } of smallPlan().settings) expect(known).toContain(key)
    for (const key of ['waves.workingDays', 'waves.holidays', 'waves.blackouts']) expect(known).toContain(key)
  })
})
