import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrendPoint } from '../../src/history/trend.js'
import { findInputs } from '../../src/platform/input.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { scan } from '../../src/readiness/scan.js'
import type { EndpointEntry } from '../../src/readiness/scan-document.js'
import { planJson } from '../../src/report/plan-json.js'
import { runCheck } from '../../src/report/plan-run.js'
import { scanJson } from '../../src/report/scan-rows.js'
import { chosenGates } from '../../src/report/scan-run.js'
import { makeView } from '../../src/report/view/make-view.js'
import type { ReportedEvidence, ReportView } from '../../src/report/view/report-view.js'
import { sources } from '../../src/sources/index.js'
import { planFromScan } from '../../src/waves/plan-from-scan.js'
import { asOf } from './reading.js'
import { documentOf } from './scanning.js'

const samples = 'templates/samples'

/** The sample company with its probes, scanned, planned, and its first wave judged: once for a file of tests. */
const made = await (async () => {
  const policy = await loadPolicy(`${samples}/acme/fleet.yaml`)
  const { inputs } = await findInputs([`${samples}/acme`, `${samples}/acme-probes`], { stdin: process.stdin })
  const result = await scan({
    inputs: inputs.filter(({ name }) => !/\.(?:md|yaml)$/.test(name)),
    unreadable: [],
    skipped: [],
    policy,
    gates: chosenGates(policy),
    asOf,
    read: { sources, mappings: [] },
    stopAtProblem: false,
  })
  const folder = mkdtempSync(join(tmpdir(), 'fleet-report-'))
  const [scanFile, planFile] = [join(folder, 'scan.json'), join(folder, 'plan.json')]
  try {
    writeFileSync(scanFile, [...scanJson(result)].join(''))
    const { plan } = await planFromScan({
      scan: scanFile,
      loaded: policy,
      flags: {},
      notes: { accepted: [], started: [], notStarted: [] },
    })
    writeFileSync(planFile, [...planJson(plan)].join(''))
    const { verdict } = await runCheck(planFile, scanFile, undefined)
    const { endpoints, ...head } = documentOf(result)
    return { head, endpoints, plan, verdict }
  } finally {
    rmSync(folder, { recursive: true })
  }
})()

/** Three days before the scan, and the scan itself. */
function trendOf({ coverage, states, asOf: at }: ReportView['head']): TrendPoint[] {
  const earlier = [90, 60, 25].map((fewer, index) => {
    const ready = states.ready - fewer
    return {
      date: `2026-11-${String(2 + 6 * index).padStart(2, '0')}`,
      ready,
      inScope: coverage.inScope.of,
      percent: Math.floor((ready * 1000) / coverage.inScope.of) / 10,
      states: { ...states, ready, upgrade: states.upgrade + fewer },
      policyChanged: index === 1,
      sourcesChanged: index === 2,
      incomplete: index === 0,
    }
  })
  const { ready, inScope } = coverage
  return [
    ...earlier,
    {
      date: at.slice(0, 10),
      ready,
      inScope: inScope.of,
      percent: inScope.percent,
      states,
      policyChanged: false,
      sourcesChanged: false,
      incomplete: false,
    },
  ]
}

const evidence: ReportedEvidence = {
  asOf: '2026-11-20T00:00:00Z',
  findings: [
    {
      code: 'content-above-tier',
      severity: 'error',
      message: 'content that the policy does not allow, in at least 12 records: tool_input',
    },
    {
      code: 'machines-unknown',
      severity: 'warning',
      message: '3 machines that no inventory knows: LOG-LT-9001, LOG-LT-9002, LOG-LT-9003',
    },
  ],
  ghosts: { machines: 3, accounts: 2 },
  records: { read: 12_345, counted: 12_000, duplicates: 345 },
}

/** The view of a report on the sample company, with a plan, a verdict, evidence and a trend; some of it changed. */
export function reportView(over: Partial<ReportView> = {}): ReportView {
  const { head, plan, verdict } = structuredClone({ head: made.head, plan: made.plan, verdict: made.verdict })
  const { asOf: at } = head
  const view = makeView({
    head,
    fleet: '0.1.0',
    plan,
    verdicts: [verdict],
    evidence,
    trend: trendOf(head),
    documents: [
      { kind: 'scan', file: 'scan.json', asOf: at, digest: `sha256:${'1'.repeat(64)}` },
      { kind: 'plan', file: 'plan/plan.json', asOf: plan.asOf, digest: `sha256:${'2'.repeat(64)}` },
      { kind: 'verdict', file: 'verdict.json', asOf: verdict.asOf, digest: `sha256:${'3'.repeat(64)}` },
      { kind: 'evidence', file: 'evidence.json', asOf: evidence.asOf, digest: `sha256:${'4'.repeat(64)}` },
      { kind: 'history', file: '.fleet/history', asOf: at, digest: undefined },
    ],
    problems: [
      {
        code: 'plan-of-other-scan',
        message: 'The plan was made from another scan than this one.',
        tryThis: 'Plan again from this scan, or go on with it: fleet plan scan.json --previous plan',
      },
    ],
  })
  return { ...view, ...over }
}

/** The endpoints of that scan, ordered by id. */
export function reportedEndpoints(): EndpointEntry[] {
  return structuredClone(made.endpoints)
}
