import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { coverageOf } from '../../../src/readiness/coverage.js'
import { prometheus } from '../../../src/report/formats/prometheus.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { renderedReport } from '../../builders/rendered-report.js'
import { reportView } from '../../builders/report-view.js'

interface Family {
  readonly help: string
  readonly type: string
  readonly samples: { labels: Record<string, string>; value: number }[]
}

/** The text format read by its specification (https://prometheus.io/docs/instrumenting/exposition_formats/). */
function read(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let help: { name: string; text: string } | undefined
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.split('\n')) {
    if (line === '') continue
    const told = /^# HELP ([a-z_]+) (.+)$/.exec(line)
    if (told) {
      help = { name: told[1]!, text: told[2]! }
      continue
    }
    const typed = /^# TYPE ([a-z_]+) ([a-z]+)$/.exec(line)
    if (typed) {
      expect(help?.name).toBe(typed[1])
      expect(families.has(typed[1]!)).toBe(false)
      families.set(typed[1]!, { help: help!.text, type: typed[2]!, samples: [] })
      continue
    }
    const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)$/.exec(line)
    if (!sample) throw new Error(`No line of the text format: ${line}`)
    const labels: Record<string, string> = {}
    for (const [, name, value] of (sample[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g))
      labels[name!] = value!.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))
    expect(sample[3]).toMatch(/^\d+(?:\.\d+)?(?:e-\d+)?$/)
    families.get(sample[1]!)!.samples.push({ labels, value: Number(sample[3]) })
  }
  return families
}

const gauges = async (view = reportView()) => read(await renderedReport(prometheus, view, []))
const valuesOf = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  families
    .get(name)
    ?.samples.filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .map(({ value }) => value)

describe('gauges', () => {
  it('tell what the scan tells', async () => {
    const view = reportView()
    const { coverage, states, gates, health, sources, breakdown } = view.head
    const families = await gauges(view)
    for (const [name, { type, help, samples }] of families) {
      expect(name).toMatch(/^fleet_[a-z_]+[a-z]$/)
      expect(type, name).toBe('gauge')
      expect(help, name).toMatch(/\.$/)
      expect(samples.length, name).toBeGreaterThan(0)
      const keys = samples.map(({ labels }) => JSON.stringify(labels))
      expect(new Set(keys).size, name).toBe(keys.length)
    }
    expect(valuesOf(families, 'fleet_scan_timestamp_seconds')).toEqual([Date.UTC(2026, 10, 20) / 1000])
    for (const [denominator, { of }] of [
      ['in_scope', coverage.inScope],
      ['managed', coverage.managed],
      ['active', coverage.active],
    ] as const)
      expect(valuesOf(families, 'fleet_coverage_ratio', { denominator })).toEqual([coverage.ready / of])
    expect(valuesOf(families, 'fleet_target_ratio')).toEqual([0.95])
    expect(valuesOf(families, 'fleet_target_met')).toEqual([0])
    expect(valuesOf(families, 'fleet_endpoints_missing')).toEqual([coverage.missing])
    for (const [state, count] of Object.entries(states)) {
      expect(valuesOf(families, 'fleet_endpoints', { state })).toEqual([count])
      for (const by of ['platform', 'department'])
        expect(valuesOf(families, `fleet_endpoints_by_${by}`, { state })?.reduce((a, b) => a + b)).toBe(count)
    }
    const [platform] = breakdown.platform
    expect(valuesOf(families, 'fleet_endpoints_by_platform', { platform: platform!.name, state: 'ready' })).toEqual([
      platform!.states.ready,
    ])
    const [gate] = gates
    const ofGate = (result: string) =>
      valuesOf(families, 'fleet_gate_endpoints', { gate: gate!.id, level: gate!.level, result })
    expect([ofGate('pass'), ofGate('fail'), ofGate('unknown'), ofGate('not-applicable')].flat()).toEqual([
      gate!.pass,
      gate!.fail,
      gate!.unknown,
      gate!.notApplicable,
    ])
    const [stage] = health!.stages
    expect(valuesOf(families, 'fleet_chain_endpoints', { stage: stage!.stage, state: 'contradicted' })).toEqual([
      stage!.contradicted,
    ])
    const { format } = sources[0]!
    const alike = sources.filter((source) => source.format === format)
    expect(valuesOf(families, 'fleet_source_records', { format: format!, result: 'counted' })).toEqual([
      alike.reduce((sum, source) => sum + source.counted, 0),
    ])
    expect(valuesOf(families, 'fleet_source_files', { format: format!, result: 'read' })).toEqual([alike.length])
  })

  it('are left out where nothing can be told', async () => {
    const { head } = reportView()
    const none = Object.fromEntries(Object.keys(head.states).map((state) => [state, 0])) as typeof head.states
    const { health: _, telemetry: __, ...rest } = head
    const families = await gauges(reportView({ head: { ...rest, states: none, coverage: coverageOf(none, 95) } }))
    for (const name of ['coverage_ratio', 'target_met', 'endpoints_missing', 'chain_endpoints', 'telemetry_endpoints'])
      expect(families.has(`fleet_${name}`), name).toBe(false)
    expect(valuesOf(families, 'fleet_endpoints', { state: 'ready' })).toEqual([0])
    expect(valuesOf(families, 'fleet_target_ratio')).toEqual([0.95])
    const managed = coverageOf({ ...none, excluded: 3 }, 95)
    const excluded = await gauges(reportView({ head: { ...rest, coverage: managed } }))
    expect(excluded.get('fleet_coverage_ratio')?.samples).toEqual([{ labels: { denominator: 'managed' }, value: 0 }])
  })

  it('count telemetry, refused files and doubts', async () => {
    const { head } = reportView()
    const telemetry = {
      ...{ file: 'evidence.json', asOf: head.asOf, policyDigest: head.policy.digest },
      ...{ proven: 5, silent: 4, contradicted: 3, unknown: 2, missing: 1 },
    }
    const refused = { file: 'x\u0000.csv', records: 0, counted: 0, rejected: 0, problem: { code: 'a', message: 'b' } }
    const warnings = [true, false, true].map((strict) => ({ code: 'a', message: 'b', strict }))
    const families = await gauges(reportView({ head: { ...head, telemetry, sources: [refused, refused], warnings } }))
    expect(families.get('fleet_telemetry_endpoints')?.samples).toEqual(
      Object.entries({ proven: 5, silent: 4, contradicted: 3, unknown: 2, missing: 1 }).map(([status, value]) => ({
        labels: { status },
        value,
      })),
    )
    expect(families.has('fleet_source_records')).toBe(false)
    expect(families.get('fleet_source_files')?.samples).toEqual([
      { labels: { format: '(unknown)', result: 'read' }, value: 0 },
      { labels: { format: '(unknown)', result: 'refused' }, value: 2 },
    ])
    expect(valuesOf(families, 'fleet_incomplete_warnings')).toEqual([2])
  })

  it('are the same series on every day, whatever the exports of the day are called', async () => {
    const { head } = reportView()
    const of = (day: string, page: number) => ({
      ...{ file: `exports/${day}/devices-${page}.csv`, format: 'intune-all-devices' },
      ...{ records: 10 * page, counted: 9 * page, rejected: page },
    })
    const onDay = async (day: string) => {
      const families = await gauges(reportView({ head: { ...head, sources: [of(day, 1), of(day, 2)] } }))
      return ['fleet_source_records', 'fleet_source_files'].flatMap((name) => families.get(name)?.samples ?? [])
    }
    const first = await onDay('2026-11-20')
    expect(first).toEqual([
      { labels: { format: 'intune-all-devices', result: 'counted' }, value: 27 },
      { labels: { format: 'intune-all-devices', result: 'rejected' }, value: 3 },
      { labels: { format: 'intune-all-devices', result: 'read' }, value: 2 },
      { labels: { format: 'intune-all-devices', result: 'refused' }, value: 0 },
    ])
    expect(await onDay('2026-11-21')).toEqual(first)
  })

  it('keep fifty departments and add up the others: the same, whichever of them is further from the target', async () => {
    const { head } = reportView()
    const empty = Object.fromEntries(Object.keys(head.states).map((state) => [state, 0])) as typeof head.states
    const of = (name: string, ready: number, upgrade: number) => {
      const states = { ...empty, ready, upgrade }
      return { name, states, coverage: coverageOf(states, 95) }
    }
    const large = Array.from({ length: 50 }, (_, index) => of(`D${index}`, 2, 8))
    const small = Array.from({ length: 10 }, (_, index) => of(`small ${index}`, 2, 7))
    // As a scan lists them: the furthest from the target first.
    const departments = [...large.slice(0, 20), ...small, ...large.slice(20)]
    const withAll = (department: typeof departments) =>
      gauges(reportView({ head: { ...head, breakdown: { ...head.breakdown, department } } }))
    const families = await withAll(departments)
    expect(await withAll([...departments].reverse())).toEqual(families)
    const { help, samples } = families.get('fleet_endpoints_by_department')!
    expect(new Set(samples.map(({ labels }) => labels.department)).size).toBe(51)
    expect(help).toContain('50 departments')
    expect(valuesOf(families, 'fleet_endpoints_by_department', { department: '(others)', state: 'ready' })).toEqual([
      20,
    ])
    expect(valuesOf(families, 'fleet_endpoints_by_department', { department: 'D49', state: 'ready' })).toEqual([2])
  })

  it('name departments as they are shown, whatever they are called (law)', async () => {
    const view = reportView()
    const { head } = view
    const name = fc.oneof(fc.constantFrom(...hostileTexts, 'a"b\\c\nd', '\\n', '{}'), fc.string({ unit: 'binary' }))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 20 }), async (names) => {
        const department = names.map((given) => ({ name: given, states: head.states, coverage: head.coverage }))
        const families = await gauges({ ...view, head: { ...head, breakdown: { ...head.breakdown, department } } })
        const samples = families.get('fleet_endpoints_by_department')?.samples ?? []
        expect(new Set(samples.map(({ labels }) => labels.department))).toEqual(new Set(names.map(safeText)))
        const ready = samples.filter(({ labels }) => labels.state === 'ready')
        expect(ready.reduce((sum, { value }) => sum + value, 0)).toBe(names.length * head.states.ready)
      }),
      { numRuns: 60 },
    )
  })

  it('are the same bytes for the same scan', async () => {
    expect(await renderedReport(prometheus, reportView(), [])).toBe(await renderedReport(prometheus, reportView(), []))
  })
})
