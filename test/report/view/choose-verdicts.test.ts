import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseVerdicts } from '../../../src/report/view/choose-verdicts.js'
import { judgedWaves } from '../../../src/report/view/judged-waves.js'
import { reportView } from '../../builders/report-view.js'

const { plan, verdicts } = reportView()
const given = { plan: plan!, digest: 'sha256:plan' }
const [first] = verdicts
type Verdict = typeof first & object

const on = (name: string, day: string, verdict: Verdict['verdict'] = 'hold', digest = given.digest): Verdict => ({
  ...first!,
  asOf: `${day}T00:00:00Z`,
  verdict,
  plan: { ...first!.plan, digest },
  wave: { ...first!.wave, name },
})
const told = (list: readonly Verdict[]) =>
  list.map(({ wave, asOf, verdict }) => [wave.name, asOf.slice(0, 10), verdict])

describe('the verdicts that a report shows', () => {
  it('are the newest of each wave, in the order of the waves', () => {
    const { shown, contested } = chooseVerdicts(
      [
        on('gone', '2026-12-01'),
        on('wave-1', '2026-12-07'),
        on('pilot', '2026-11-30'),
        on('pilot', '2026-11-27', 'halt'),
      ],
      given,
    )
    expect(told(shown)).toEqual([
      ['pilot', '2026-11-30', 'hold'],
      ['wave-1', '2026-12-07', 'hold'],
      ['gone', '2026-12-01', 'hold'],
    ])
    expect(contested).toEqual([])
  })

  it('are on the plan or the one before it: a newer one on another plan displaces none', () => {
    const mine = on('pilot', '2026-11-27', 'halt')
    const foreign = on('pilot', '2026-12-04', 'advance', 'sha256:other')
    expect(chooseVerdicts([mine, foreign], given)).toEqual({ shown: [mine], ofOtherPlans: [foreign], contested: [] })
    const previous = { digest: 'sha256:other', asOf: given.plan.asOf, difference: {} as never }
    const replanned = { ...given, plan: { ...given.plan, previous } }
    expect(chooseVerdicts([mine, foreign], replanned)).toEqual({ shown: [foreign], ofOtherPlans: [], contested: [] })
  })

  it('are, of the same time, the gravest, whatever the order (law)', () => {
    const list = (['advance', 'hold', 'halt'] as const).map((verdict) => on('pilot', '2026-11-27', verdict))
    const differing = [...list, { ...list[2]!, succeeded: 1 }, { ...list[2]!, succeeded: 2 }, on('pilot', '2026-11-26')]
    const wanted = chooseVerdicts(differing, given)
    expect(told(wanted.shown)).toEqual([['pilot', '2026-11-27', 'halt']])
    expect(wanted.contested).toEqual(wanted.shown)
    fc.assert(
      fc.property(fc.shuffledSubarray(differing, { minLength: differing.length }), (mixed) => {
        expect(chooseVerdicts(mixed, given)).toEqual(wanted)
      }),
    )
    expect(chooseVerdicts([list[0]!, list[0]!], given).contested).toEqual([])
  })

  it('are those of every campaign where no plan says which one counts', () => {
    const pilot = on('pilot', '2026-11-27')
    const other = { ...pilot, plan: { ...pilot.plan, campaign: 'zz' } }
    expect(chooseVerdicts([other, pilot, on('pilot', '2026-11-20')]).shown).toEqual([pilot, other])
  })
})

it('gives each wave of the plan its verdict', () => {
  const [pilot, wave] = [on('pilot', '2026-11-27'), on('gone', '2026-11-27')]
  const waves = judgedWaves({ plan, verdicts: [wave, pilot] })
  expect(waves.map((row) => row.wave)).toEqual(plan!.waves)
  expect(waves.filter(({ verdict }) => verdict !== undefined)).toEqual([{ wave: plan!.waves[0], verdict: pilot }])
  expect(judgedWaves({ plan: undefined, verdicts: [pilot] })).toEqual([])
})
