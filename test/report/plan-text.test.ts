import { resolve } from 'node:path'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../src/platform/safe-text.js'
import { paintFor } from '../../src/report/paint.js'
import { planText } from '../../src/report/plan-text.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import { latePlan, replannedPlan, smallPlan, unreachablePlan, waveOf } from '../builders/plan-document.js'
import { hostilePlan, hugePlan } from '../builders/plan-document-extremes.js'

const look = (width: number) => ({ width, paint: paintFor(false) })
const golden = (name: string) => resolve(import.meta.dirname, 'golden/plan', name)

const plans = {
  small: smallPlan(),
  late: latePlan(),
  unreachable: unreachablePlan(),
  replanned: replannedPlan(),
  huge: hugePlan(),
  hostile: hostilePlan(['\u001b[31mred\u0007', '\u202eend', 'a\nb', ...hostileTexts]),
}
const names = Object.keys(plans) as (keyof typeof plans)[]

describe.each(names)('the %s plan', (name) => {
  it('is a plan', () => {
    expect(PlanDocument.parse(plans[name])).toEqual(plans[name])
  })

  it.each([60, 80, 100, 120, 200])('fits %i columns', (width) => {
    const text = planText(plans[name], look(width), { folder: 'plan' })
    for (const line of text.split('\n')) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(width)
      expect(line).toBe(line.trimEnd())
    }
    expect(text).toBe(text.split('\n').map(safeText).join('\n'))
  })
})

it.each([
  ['small', 80],
  ['small', 120],
  ['late', 80],
  ['unreachable', 120],
  ['replanned', 80],
  ['replanned', 120],
] as const)('the %s plan at %i columns reads as reviewed', async (name, width) => {
  const text = planText(plans[name], look(width), { folder: './plans/november/' })
  await expect(text).toMatchFileSnapshot(golden(`${name}-${width}.txt`))
})

describe('the text', () => {
  it('has the answer in its first ten lines', () => {
    for (const name of names) {
      const head = planText(plans[name], look(80)).split('\n').slice(0, 10).join('\n')
      expect(head).toMatch(/^Ready now {2}\d+\.\d % {2}[\d,]+ of [\d,]+ in scope$/m)
      expect(head).toMatch(/^Target 95 %.*: (?:met|cannot be met)/m)
    }
  })

  it('colours the answer: green in time, red late or never, neither without a day', () => {
    const paint = { ...paintFor(false), good: (text: string) => `+${text}`, bad: (text: string) => `-${text}` }
    const lineOf = (plan: PlanDocument) => /^.*Target 95 %.*$/m.exec(planText(plan, { width: 120, paint }))![0]
    const noDate = smallPlan()
    noDate.target = { ...noDate.target, by: undefined, answer: 'no-date' }
    expect(lineOf(smallPlan())).toMatch(/^\+Target/)
    expect(lineOf(latePlan())).toMatch(/^-Target/)
    expect(lineOf(unreachablePlan())).toMatch(/^-Target/)
    expect(lineOf(noDate)).toMatch(/^Target/)
  })

  it('names what stands in the way only where the target is missed, the cheapest first', () => {
    expect(planText(smallPlan(), look(100))).not.toContain('In the way')
    const text = planText(latePlan(), look(100))
    const order = ['no app list in any export', 'last check-in too old', 'its version cannot be read']
    const places = order.map((why) => text.indexOf(why))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect(text).toContain('EXAMPLE00097')
  })

  it('tells the dates that weekends move in one line, once there are many', () => {
    expect(planText(hugePlan(), look(120))).toContain('60 more dates moved over days of the week')
    expect(planText(hugePlan(), look(120))).toContain('blackout: year end')
    expect(planText(smallPlan(), look(120))).not.toContain('more dates moved')
  })

  it('says what to do next, with the day of the check', () => {
    const text = planText(smallPlan(), look(120), { folder: 'out/' })
    expect(text).toContain('1. In out/: plan.json,')
    expect(text).toContain('2. On 2026-11-23 load the group of pilot into the MDM')
    expect(text).toContain('3. On 2026-11-27, after its soak,')
    expect(text).toMatch(/^ {5}fleet plan check out newer-scan\.json$/m)
    expect(planText(smallPlan(), look(120), { folder: '/' })).toContain('fleet plan check / newer-scan.json')
    expect(planText(smallPlan(), look(120), { folder: 'my plans' })).toContain('plan check "my plans" newer-scan.json')
    expect(planText(smallPlan(), look(120))).toContain('Nothing was written')
    expect(planText(replannedPlan(), look(120))).toContain('wave-2 is running')
  })

  it('says so where there is nobody to plan for, and no wave left', () => {
    const { population, strata, projection } = smallPlan()
    const text = planText(
      smallPlan({
        waves: [],
        population: { ...population, planned: 0, work: [] },
        strata: { ...strata, strata: 0, missing: [], missingCount: 0 },
        projection: projection.slice(0, 1),
      }),
      look(80),
    )
    expect(text).toContain('none: nobody can be upgraded, installed or repaired')
    expect(text).toContain('No wave is left.')
    expect(text).not.toContain('What is done')
    expect(text).not.toContain('A fair sample')
  })

  it('takes an empty scope for no success', () => {
    const { target } = smallPlan()
    const plan = smallPlan({
      waves: [],
      projection: [{ date: '2026-11-20', soaked: 0, expectedReady: 0, percent: null }],
      target: { ...target, denominator: 0, ready: 0, needed: 0, expected: 0, answer: 'unreachable' },
    })
    const text = planText(plan, look(80))
    expect(text).toContain('Ready now  –  0 of 0 in scope')
    expect(text).toContain('no endpoint is in scope: that is not a pass')
    expect(text).not.toContain('target met')
  })

  it('shows the first of many to repair, and how many there are', () => {
    const repair = Array.from({ length: 40 }, (_, at) => ({
      id: `EXAMPLE${at}`,
      wave: 'pilot',
      state: 'upgrade' as const,
    }))
    const text = planText(smallPlan({ repair }), look(80))
    expect(text).toContain('To repair: 40 endpoints have failed')
    expect(text).toContain('EXAMPLE4')
    expect(text).not.toContain('EXAMPLE5')
    expect(text).toContain('… and 35 more')
  })

  it('shows a setting only where somebody has set it', () => {
    const text = planText(smallPlan(), look(120))
    expect(text).toMatch(/waves\.capacity\.perDay {2}40 +given with --per-day/)
    expect(text).not.toContain('waves.soakDays')
  })

  it('proves nothing for a wave without endpoints', () => {
    const empty = waveOf({ name: 'empty', size: 0, endpoints: [], proves: { clean: 0, failureRate: 100 } })
    const text = planText(smallPlan({ waves: [empty] }), look(120))
    expect(text).toMatch(/^ {2}empty +0 .* –/m)
    expect(text).not.toContain('95 % confidence')
  })

  it('shows neither an example nor a difference where there is none', () => {
    const text = planText(smallPlan(), look(120))
    for (const title of ['Finished waves', 'To repair', 'Since the previous plan', 'Warnings'])
      expect(text).not.toContain(title)
    const again = replannedPlan()
    const nothing = { finished: [], running: [], dropped: [], joined: 0, left: [], moved: 0, dates: [], settings: [] }
    expect(planText({ ...again, previous: { ...again.previous!, difference: nothing } }, look(120))).toContain(
      'nothing has changed',
    )
  })
})
