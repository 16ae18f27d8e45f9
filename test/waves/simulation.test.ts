import { describe, expect, it, onTestFinished } from 'vitest'
import { checkWave } from '../../src/waves/check-wave.js'
import type { VerdictDocument } from '../../src/waves/verdict-document.js'
import {
  platformShares,
  type SimulatedPlatform,
  simulateCampaign,
  type Troubles,
  usualThresholds,
  withFinished,
} from '../builders/campaign.js'

const seeds = Array.from({ length: 100 }, (_, index) => index + 1)
const platforms = Object.keys(platformShares) as SimulatedPlatform[]

/** The verdict after each wave, up to `waves` of them or the first that does not advance. */
function run(troubles: Troubles, waves: number): VerdictDocument[] {
  const campaign = simulateCampaign(troubles)
  const verdicts: VerdictDocument[] = []
  let { plan } = campaign
  for (let index = 0; index < waves; index += 1) {
    const scan = campaign.scan(index)
    const verdict = checkWave(plan, 'sha256:plan', plan.waves[index]!, scan, usualThresholds)
    verdicts.push(verdict)
    if (verdict.verdict !== 'advance') break
    plan = withFinished(plan, plan.waves[index]!.name, scan)
  }
  return verdicts
}

/** How many campaigns did not advance, and why: such as `hold below-success 3`. */
function stopped(campaigns: readonly VerdictDocument[][]): { readonly count: number; readonly why: string } {
  const last = campaigns.map((verdicts) => verdicts.at(-1)!).filter(({ verdict }) => verdict !== 'advance')
  const counts = new Map<string, number>()
  for (const { reasons } of last) {
    const deciding = `${reasons[0]!.effect} ${reasons[0]!.code}`
    counts.set(deciding, (counts.get(deciding) ?? 0) + 1)
  }
  const why = [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} ${count}`)
  return { count: last.length, why: why.join(', ') }
}

/** The rates belong into the log of the tests. */
function print(text: string): void {
  onTestFinished(() => console.log(`gate simulation: ${text}`))
}

describe('a campaign of 10,000 endpoints in waves of 100, 900 and 9,000', () => {
  const lists = [
    ['', []],
    [', by app lists without a date', platforms],
    [', where those of windows have no date', ['windows']],
  ] as const

  it.each(lists)('is not stopped when the build is good, in 95 of 100%s', (text, undated) => {
    const { count, why } = stopped(seeds.map((seed) => run({ seed, undated }, 3)))
    print(`good campaigns stopped${text}: ${count} of ${seeds.length}${why && ` (${why})`}`)
    expect(count).toBeLessThanOrEqual(5)
  })

  it.each(lists.flatMap(([text, undated]) => platforms.map((platform) => [platform, text, undated] as const)))(
    'with a build that breaks 8 percent of %s is stopped before the broad wave, in 99 of 100%s',
    (platform, text, undated) => {
      const badBuild = { platform, share: 0.08 }
      const { count, why } = stopped(seeds.map((seed) => run({ seed, badBuild, undated }, 2)))
      print(
        `bad builds for ${platform} (${platformShares[platform]} %) stopped${text}: ${count} of ${seeds.length} (${why})`,
      )
      expect(count).toBeGreaterThanOrEqual(99)
    },
  )

  it('is stopped as well when a build makes endpoints fall silent instead of failing', () => {
    for (const seed of seeds.slice(0, 20)) {
      const campaign = simulateCampaign({ seed, failing: 0, outdated: 0 })
      const { plan } = campaign
      const [wave] = plan.waves
      const scan = campaign.scan(0)
      const readable = wave!.endpoints.filter((id) => scan.reports.get(id)?.state === 'ready')
      // Three in four still report, and all of these are ready: more than the thresholds ask for.
      const silenced = new Set(readable.slice(75))
      const reports = new Map([...scan.reports].filter(([id]) => !silenced.has(id)))
      const { verdict, reasons, reported } = checkWave(plan, '', wave!, { ...scan, reports }, usualThresholds)
      expect({ verdict, reported, codes: reasons.map(({ code }) => code) }, `seed ${seed}`).toEqual({
        verdict: 'hold',
        reported: 75,
        codes: ['fell-silent'],
      })
      expect(reasons[0]!.message).toContain('25 of 100 attempted endpoints fell silent')
    }
  })
})

/** From 5 to 30 % over the seeds. */
function outageOf(seed: number): number {
  return 0.05 + (0.25 * (seed - 1)) / (seeds.length - 1)
}

describe('an outage that breaks 5 to 30 % of the fleet', () => {
  it.each([1, 2, 3])('holds at gate %i, never advances, and is not blamed on the wave, in 95 of 100', (gate) => {
    const wave = gate - 1
    const verdicts = seeds.map((seed) => {
      const campaign = simulateCampaign({ seed, outage: { wave, share: outageOf(seed) } })
      let { plan } = campaign
      // Waves before the outage are taken as finished whatever their gate says: this is about the outage.
      for (let index = 0; index < wave; index += 1)
        plan = withFinished(plan, plan.waves[index]!.name, campaign.scan(index))
      return checkWave(plan, 'sha256:plan', plan.waves[wave]!, campaign.scan(wave), usualThresholds)
    })
    const held = verdicts.filter(({ verdict }) => verdict === 'hold')
    print(`outages held at gate ${gate} without blaming the wave: ${held.length} of ${seeds.length}`)
    expect(held.length).toBeGreaterThanOrEqual(95)
    expect(verdicts.filter(({ verdict }) => verdict === 'advance')).toEqual([])
    for (const { reasons } of verdicts) expect(reasons.map(({ code }) => code)).toContain('general-outage')
  })

  it('does not excuse a build that breaks far more than the outage', () => {
    const badBuild = { platform: 'macos', share: 0.6 } as const
    const verdicts = seeds.slice(0, 20).map((seed) => {
      const campaign = simulateCampaign({ seed, badBuild, outage: { wave: 1, share: 0.1 } })
      const plan = withFinished(campaign.plan, 'wave-1', campaign.scan(0))
      return checkWave(plan, 'sha256:plan', plan.waves[1]!, campaign.scan(1), usualThresholds).verdict
    })
    expect(new Set(verdicts)).toEqual(new Set(['halt']))
  })
})
