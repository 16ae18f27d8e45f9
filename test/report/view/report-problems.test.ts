import { describe, expect, it } from 'vitest'
import { loadPolicy } from '../../../src/policy/load-policy.js'
import type { ScanHead } from '../../../src/readiness/scan-document.js'
import { type ReadDocuments, reportProblems } from '../../../src/report/view/report-problems.js'
import { reportView } from '../../builders/report-view.js'

const view = reportView()
const head: ScanHead = { ...view.head, warnings: [] }
const plan = { plan: view.plan!, file: 'plan.json', digest: 'sha256:plan', bytes: new Uint8Array() }
const [someVerdict] = view.verdicts
const verdict = { ...someVerdict!, plan: { ...someVerdict!.plan, digest: plan.digest } }
const scan = { head, digest: plan.plan.scan.digest, rules: plan.plan.rules }
const evidence = { shown: view.evidence!, policyDigest: head.policy.digest, unreadFiles: 0 }
const told = {
  file: 'evidence.json',
  asOf: evidence.shown.asOf,
  policyDigest: head.policy.digest,
  ...{ proven: 1, silent: 0, contradicted: 0, unknown: 0, missing: 0 },
}
const all: ReadDocuments = {
  scan: { ...scan, head: { ...head, telemetry: told } },
  plan,
  verdicts: [verdict],
  evidence,
}
const codes = (documents: Partial<ReadDocuments>) => reportProblems({ ...all, ...documents }).map(({ code }) => code)
const withHead = (changes: Partial<ScanHead>) => ({ scan: { ...all.scan, head: { ...all.scan.head, ...changes } } })
const withPlan = (changes: Partial<typeof plan.plan>) => ({ plan: { ...plan, plan: { ...plan.plan, ...changes } } })

describe('documents that belong together', () => {
  it('have no problem', () => {
    expect(codes({})).toEqual([])
  })
})

describe('a scan', () => {
  it('says when files were refused, once for each', () => {
    const [first, ...rest] = head.sources
    const why = { code: 'binary', message: 'This is not text.' }
    const refused = {
      sources: [{ ...first!, problem: why }, ...rest],
      warnings: [{ ...why, file: first!.file, strict: true }],
    }
    expect(codes(withHead(refused))).toEqual(['scan-files-refused'])
  })

  it('says when its own warnings doubt that it is whole, and not for others', () => {
    const warning = { code: 'page-truncated', message: 'Page missing.', strict: true }
    expect(codes(withHead({ warnings: [warning] }))).toEqual(['scan-incomplete'])
    expect(codes(withHead({ warnings: [{ ...warning, strict: false }] }))).toEqual([])
  })

  it('was judged by another policy', async () => {
    const loaded = await loadPolicy(undefined)
    expect(codes({ policy: { ...loaded, digest: head.policy.digest } })).toEqual([])
    expect(codes({ policy: loaded })).toEqual(['other-policy'])
  })
})

describe('a plan', () => {
  it.each([
    ['plan-of-other-scan', { scan: { ...plan.plan.scan, digest: 'sha256:other' } }],
    ['plan-older', { asOf: '2026-11-19T00:00:00Z' }],
    ['plan-newer', { asOf: '2026-11-21T00:00:00Z' }],
    ['plan-of-other-rules', { rules: 'sha256:other' }],
    ['plan-of-other-target', { target: { ...plan.plan.target, percent: 90 } }],
  ])('has the problem %s', (code, changes) => {
    expect(codes(withPlan(changes))).toEqual([code])
  })
})

describe('a verdict', () => {
  const changed = (changes: Partial<typeof verdict>) => ({ verdicts: [{ ...verdict, ...changes }] })

  it('may be on the plan before, and on no other', () => {
    const other = changed({ plan: { ...verdict.plan, digest: 'sha256:before' } })
    expect(codes(other)).toEqual(['verdict-of-other-plan'])
    const previous = { digest: 'sha256:before', asOf: plan.plan.asOf, difference: {} as never }
    expect(codes({ ...other, ...withPlan({ previous }) })).toEqual([])
    expect(codes({ ...other, plan: undefined })).toEqual([])
  })

  it('may be older than the scan, not newer, and not of another one of that time', () => {
    expect(codes(changed({ asOf: '2026-11-19T00:00:00Z' }))).toEqual([])
    expect(codes(changed({ asOf: '2026-11-21T00:00:00Z' }))).toEqual(['verdict-newer'])
    expect(codes(changed({ scan: { ...verdict.scan, digest: 'sha256:x' } }))).toEqual(['verdict-of-other-scan'])
  })
})

describe('evidence', () => {
  const asOfEvidence = (asOf: string) => ({
    evidence: { ...evidence, shown: { ...evidence.shown, asOf } },
    ...withHead({ telemetry: { ...told, asOf } }),
  })

  it('may be a few days old, and hours newer', () => {
    expect(codes(asOfEvidence('2026-11-14T00:00:00Z'))).toEqual([])
    expect(codes(asOfEvidence('2026-11-20T09:00:00Z'))).toEqual([])
    expect(codes(asOfEvidence('2026-11-12T00:00:00Z'))).toEqual(['evidence-old'])
    expect(codes(asOfEvidence('2026-11-22T00:00:00Z'))).toEqual(['evidence-newer'])
  })

  it('is of another policy, incomplete, or unknown to the scan', () => {
    expect(codes({ evidence: { ...evidence, policyDigest: 'sha256:x' } })).toEqual(['evidence-of-other-policy'])
    expect(codes({ evidence: { ...evidence, unreadFiles: 2 } })).toEqual(['evidence-incomplete'])
    expect(codes({ scan })).toEqual(['evidence-not-in-scan'])
    expect(codes(withHead({ telemetry: { ...told, asOf: '2026-11-19T00:00:00Z' } }))).toEqual(['evidence-not-in-scan'])
  })
})

describe('a history', () => {
  const run = (asOf: string) => ({ run: asOf, line: 1, head: { asOf } as never })
  const history = {
    file: 'scans.jsonl',
    runs: [run('2026-11-20T00:00:00Z')],
    problems: [],
    lines: 1,
    copies: 0,
    bytes: 1,
  }

  it('has lines that cannot be read, or a newer scan', () => {
    expect(codes({ history })).toEqual([])
    const damaged = { line: 2, code: 'damaged' as const, message: 'Damaged.', tryThis: 'Check the disk.' }
    expect(codes({ history: { ...history, problems: [damaged] } })).toEqual(['history-damaged'])
    expect(codes({ history: { ...history, runs: [run('2026-11-27T00:00:00Z'), ...history.runs] } })).toEqual([
      'scan-not-newest',
    ])
  })
})
