import { describe, expect, it } from 'vitest'
import { snapshotHead } from '../../../src/history/snapshot-of-scan.js'
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

  it('on another plan is named with what it says', () => {
    const [told] = reportProblems({ ...all, ...changed({ plan: { ...verdict.plan, digest: 'x' }, verdict: 'halt' }) })
    expect(told?.message).toBe('The verdict on pilot (halt, 2026-11-20) was given on another plan: it is left out.')
  })

  it('may not have a twin of the same time that says something else', () => {
    const twins = (one: typeof verdict.verdict, other: typeof verdict.verdict) => ({
      verdicts: [
        { ...verdict, verdict: one },
        { ...verdict, verdict: other },
      ],
    })
    expect(codes(twins('hold', 'hold'))).toEqual([])
    for (const verdicts of [twins('halt', 'advance'), twins('advance', 'halt')]) {
      const [told, ...others] = reportProblems({ ...all, ...verdicts })
      expect(told?.code).toBe('verdicts-disagree')
      expect(told?.message).toMatch(/on pilot, .* the gravest is shown, halt\.$/)
      expect(others).toEqual([])
    }
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

  it('is known to the scan by its bytes, not by its day', () => {
    const of = (scanned: string | undefined, given: string | undefined) =>
      codes({ evidence: { ...evidence, digest: given }, ...withHead({ telemetry: { ...told, digest: scanned } }) })
    expect(of('sha256:a', 'sha256:a')).toEqual([])
    expect(of('sha256:a', 'sha256:b')).toEqual(['evidence-not-in-scan'])
    expect(of(undefined, 'sha256:b')).toEqual([])
    expect(of('sha256:a', undefined)).toEqual([])
  })
})

describe('a history', () => {
  const kept = snapshotHead(all.scan.head, { fleet: '0.1.0', recordedAt: head.asOf })
  const run = (changes: Partial<typeof kept>) => ({
    run: JSON.stringify(changes),
    line: 1,
    head: { ...kept, ...changes },
  })
  const history = { file: 'scans.jsonl', runs: [run({})], problems: [], lines: 1, copies: 0, bytes: 1 }

  it('has a newer scan', () => {
    expect(codes({ history })).toEqual([])
    const newer = run({ asOf: '2026-11-27T00:00:00Z' })
    expect(codes({ history: { ...history, runs: [newer, ...history.runs] } })).toEqual(['scan-not-newest'])
  })

  it('has lines that cannot be read, which is told once for each kind, with the advice for it', () => {
    const of = (line: number | undefined, code: 'torn' | 'damaged' | 'unfinished-prune') => ({
      ...(line !== undefined && { line }),
      ...{ code, message: `It is ${code}.`, tryThis: `Do about ${code}.` },
    })
    const problems = [
      of(2, 'torn'),
      ...[3, 1005, 7, 8, 9].map((line) => of(line, 'damaged')),
      of(undefined, 'unfinished-prune'),
    ]
    expect(reportProblems({ ...all, history: { ...history, problems } })).toEqual([
      {
        code: 'history-torn',
        message: 'History, line 2: It is torn. Days may be missing in the trend.',
        tryThis: 'Do about torn.',
      },
      {
        code: 'history-damaged',
        message: 'History, lines 3, 1,005, 7 and 2 more: It is damaged. Days may be missing in the trend.',
        tryThis: 'Do about damaged.',
      },
      {
        code: 'history-unfinished-prune',
        message: 'History: It is unfinished-prune. Days may be missing in the trend.',
        tryThis: 'Do about unfinished-prune.',
      },
    ])
  })

  const { sources } = kept
  it.each([
    ['of another time', { asOf: '2026-11-20T08:00:00Z' }],
    ['judged by another policy', { policy: { digest: 'sha256:other' } }],
    ['with other states', { states: { ...kept.states, ready: kept.states.ready + 1 } }],
    ['of other exports', { sources: [{ ...sources[0]!, sha256: 'f'.repeat(64) }, ...sources.slice(1)] }],
    ['of fewer exports', { sources: sources.slice(1) }],
  ])('is another one when its only scan is %s', (_, changes) => {
    expect(codes({ history: { ...history, runs: [run(changes)] } })).toEqual(['history-without-this-scan'])
    expect(codes({ history: { ...history, runs: [run(changes), run({})] } })).toEqual([])
  })

  it('is the same wherever the exports lay', () => {
    const moved = [...sources].reverse().map((source) => ({ ...source, file: `elsewhere/${source.file}` }))
    expect(codes({ history: { ...history, runs: [run({ sources: moved })] } })).toEqual([])
    expect(codes({ history: { ...history, runs: [] } })).toEqual([])
  })
})
