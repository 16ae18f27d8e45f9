import { markdownList, markdownTable } from '../platform/markdown-table.js'
import { markdownText } from '../platform/markdown-text.js'
import type { PlanDocument } from '../waves/plan-document.js'
import { thresholdsOf } from '../waves/resolve-settings.js'
import { openWaves, provesText, strataText } from './plan-words.js'
import { countText } from './words.js'

const mostStrata = 20

/** What the waves do and do not prove. */
export function risk(plan: PlanDocument): string[] {
  const proofs = openWaves(plan).flatMap((wave) => {
    const proof = provesText(wave.proves)
    return proof === undefined ? [] : [`${markdownText(wave.name)}: ${proof}.`]
  })
  const sample = strataText(plan, mostStrata)
  return [
    'A fault that hits fewer endpoints than a wave can show may reach the next one. What a wave without a failure proves (95 % confidence):',
    ...(proofs.length > 0 ? [markdownList(proofs)] : ['No wave is left.']),
    ...(sample === undefined ? [] : [`The first automatic wave is a sample. ${markdownText(sample)}`]),
  ]
}

/** What has to be true before the next wave, with the thresholds of the plan. */
export function gateRules(plan: PlanDocument): string[] {
  const { success, minimumSucceeded, minimumReported, failureLimit } = thresholdsOf(plan)
  return [
    'After the soak of a wave: new exports, a new scan, then `fleet plan check`. An endpoint has succeeded when that scan says it is ready, and it was heard of since it was attempted; installed and not restarted is not yet ready.',
    markdownTable(
      ['Verdict', 'When', 'What then', 'Exit code'],
      [
        [
          'advance',
          `at least ${success} % of the endpoints that reported are ready, at least ${countText(minimumSucceeded)} are (a smaller wave: all), and at least ${minimumReported} % of the attempted ones have reported`,
          'load the group of the next wave on its day',
          '0',
        ],
        [
          'hold',
          `anything else: data is missing, too few have reported, the soak is not over, an earlier wave is not settled, or everybody has the same outage; less than ${minimumReported} % of those that no wave has touched, or that earlier waves made ready, are known in the scan; or clearly more of the wave have fallen silent than of the waves to come (by over ${failureLimit} points)`,
          'do not start the next wave; settle what is named, scan and check again',
          '8',
        ],
        [
          'halt',
          `more than ${failureLimit} % of the endpoints that reported have failed, or so many that earlier waves made ready are so no longer, or one platform fails by itself; one failure alone never halts`,
          'stop: see Back-out',
          '3',
        ],
      ],
    ),
    'Missing data never advances.',
  ]
}

/** What to do when the rollout is halted. */
export const backOut: readonly string[] = [
  markdownList([
    'On halt: load no further group. Where the MDM still has installations of the current wave pending, take the assignment from its group.',
    '`fleet` cannot downgrade, and takes nothing back from an endpoint. Whether an earlier version can be installed over a newer one, and what becomes of its data, has to be known before the first wave: that is done with the MDM.',
    'Endpoints that failed are repaired one by one; when the cause is settled, `fleet plan` with `--previous` goes on without moving what is done.',
  ]),
]
