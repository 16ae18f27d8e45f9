import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  bash,
  expectReports,
  itIsSoundShell,
  machine,
  pipelineText,
  reports,
  runsRecorded,
  unwritableHistory,
  variables,
  withIncompleteExport,
  withoutReports,
  withPlan,
} from './pipeline-machine.js'
import { folderWith, temporaryFolder } from './run-fleet.js'

interface Step {
  readonly name: string
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string | boolean>>
  readonly env?: Readonly<Record<string, string>>
}
interface Job {
  readonly permissions: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  readonly env?: Readonly<Record<string, string>>
  readonly if?: string
}
const workflow = parse(pipelineText('github-actions.yml')) as {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly concurrency: { readonly 'cancel-in-progress': boolean }
  readonly jobs: Readonly<Record<'scan' | 'code-scanning', Job>>
}
const scripts = workflow.jobs.scan.steps.flatMap(({ name, run }): [string, string][] => (run ? [[name, run]] : []))

/** What stays between runs on GitHub. */
interface Kept {
  readonly caches: Map<string, string>
}

/** Runs the job `scan` step by step as the runner would; actions do what their documentation says. */
async function runGitHub(
  vars: Readonly<Record<string, string>>,
  {
    cwd = temporaryFolder(),
    kept = { caches: new Map() },
    run = 1,
    env: more = {},
    replace = (script) => script,
  }: {
    cwd?: string
    kept?: Kept
    run?: number
    env?: Readonly<Record<string, string>>
    replace?: (script: string, name: string) => string
  } = {},
) {
  const runner = machine()
  const outputs: Record<string, string> = {}
  const { steps, env: jobEnv = {} } = workflow.jobs.scan
  const value = (term: string): string => {
    const [, context, name = ''] = /^(vars|inputs|github)\.([\w-]+)$/.exec(term) ?? []
    if (context === 'vars') return vars[name] ?? ''
    if (context === 'inputs') return ''
    if (context === 'github') return { run_id: String(run), run_attempt: '1' }[name]!
    const literal = /^'([^']*)'$/.exec(term)?.[1]
    if (literal !== undefined) return literal
    const [, id, output] = /^steps\.(\w+)\.outputs\.(\w+)$/.exec(term) ?? []
    if (id === undefined) throw new Error(`The test does not know ${term}.`)
    return outputs[`${id}.${output}`] ?? ''
  }
  const filled = (given: string) =>
    given.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const found = expression.split(' || ').map(value)
      return found.find((one) => one !== '') ?? ''
    })
  const filledAll = (given: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(given).map(([key, one]) => [key, filled(one)]))

  const exits: Record<string, number | undefined> = {}
  const artifact: string[] = []
  let failed: number | undefined
  let log = ''
  let summary = ''
  for (const step of steps) {
    const always = step.if?.includes('!cancelled()') === true
    if (failed !== undefined && !always) continue
    if (step.if?.includes("hashFiles('history/**') != ''") && !existsSync(join(cwd, 'history'))) continue
    if (step.run !== undefined) {
      const files = folderWith({ output: '', summary: '' })
      const result = await bash(replace(step.run, step.name), runner, cwd, {
        ...filledAll(jobEnv),
        ...filledAll(step.env ?? {}),
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_OUTPUT: join(files, 'output'),
        GITHUB_STEP_SUMMARY: join(files, 'summary'),
        ...more,
      })
      for (const line of readFileSync(join(files, 'output'), 'utf8').split('\n').filter(Boolean)) {
        const [, name, one] = /^([\w-]+)=(.*)$/.exec(line)!
        outputs[`${step.id}.${name}`] = one!
      }
      summary += readFileSync(join(files, 'summary'), 'utf8')
      log += result.log
      exits[step.name] = result.exit
      if (result.exit !== 0) failed ??= result.exit ?? -1
    } else if (step.uses?.startsWith('actions/cache/restore@')) {
      const prefix = String(step.with!['restore-keys'])
      const key = [...kept.caches.keys()].filter((one) => one.startsWith(prefix)).at(-1)
      if (key !== undefined) cpSync(kept.caches.get(key)!, join(cwd, 'history'), { recursive: true })
    } else if (step.uses?.startsWith('actions/cache/save@')) {
      const key = filled(String(step.with!.key))
      expect(kept.caches.has(key), 'a cache cannot be changed').toBe(false)
      const copy = temporaryFolder()
      cpSync(join(cwd, 'history'), copy, { recursive: true })
      kept.caches.set(key, copy)
    } else if (step.uses?.startsWith('actions/upload-artifact@')) {
      for (const path of String(step.with!.path).trim().split('\n'))
        if (existsSync(join(cwd, path))) artifact.push(...readdirSync(join(cwd, path)).map((name) => path + name))
    } else expect(step.uses).toMatch(/^actions\/(?:checkout|setup-node)@/)
  }
  return { failed, exits, outputs, artifact, log, summary, cwd }
}

describe('github-actions.yml', () => {
  itIsSoundShell(scripts, 'bash')

  it('starts by schedule and by hand only, gives each job the least rights, and pins every action', () => {
    expect(Object.keys(workflow.on)).toEqual(['schedule', 'workflow_dispatch'])
    expect(workflow.permissions).toEqual({})
    expect(workflow.concurrency['cancel-in-progress']).toBe(false)
    expect(workflow.jobs.scan.permissions).toEqual({ contents: 'read' })
    expect(workflow.jobs['code-scanning'].permissions).toEqual({
      actions: 'read',
      contents: 'read',
      'security-events': 'write',
    })
    expect(workflow.jobs['code-scanning'].if).toContain("vars.FLEET_CODE_SCANNING == 'true'")
    for (const { steps } of Object.values(workflow.jobs))
      for (const { uses, run } of steps) {
        expect((uses === undefined) !== (run === undefined)).toBe(true)
        if (uses !== undefined) expect(uses).toMatch(/^(?:actions|github)\/[\w/-]+@v\d+$/)
      }
  })

  it('gives the next job what it uploads', () => {
    const [get, upload] = workflow.jobs['code-scanning'].steps
    const keep = workflow.jobs.scan.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    expect(get!.with!.name).toBe(keep!.with!.name)
    expect(upload!.with!.sarif_file).toBe('results/fleet.sarif')
  })

  it('passes where the threshold is reached, writes every report, and goes on with the history', async () => {
    const kept: Kept = { caches: new Map() }
    const vars = { ...variables, FLEET_FAIL_UNDER: '40' }
    const first = await runGitHub(vars, { kept })
    expect([first.failed, first.outputs['scan.code'], first.outputs['scan.scanned']]).toEqual([undefined, '0', 'true'])
    expect(first.artifact).toEqual([...reports.map((name) => `results/${name}`), 'history/scans.jsonl'])
    expectReports(first.cwd)
    expect(first.summary).toBe(readFileSync(join(first.cwd, 'results/report.md'), 'utf8'))
    expect(runsRecorded(first.cwd)).toBe(1)
    const second = await runGitHub(vars, { kept, run: 2, replace: withoutReports })
    expect(second.failed).toBeUndefined()
    expect(runsRecorded(second.cwd)).toBe(2)
    expect([...kept.caches.keys()]).toEqual(['fleet-history-1-1', 'fleet-history-2-1'])
  })

  it('fails with 3 at the end where it is not, with every report', async () => {
    const run = await runGitHub(variables)
    expect([run.failed, run.exits.Scan, run.exits.Judge]).toEqual([3, 0, 3])
    expect(run.log).toContain('::error title=Coverage::Coverage is below 95 percent.')
    expect(run.artifact).toEqual([...reports.map((name) => `results/${name}`), 'history/scans.jsonl'])
    expectReports(run.cwd)
  })

  it('fails with 4 in the scan where an export is incomplete, without a result', async () => {
    const run = await runGitHub({ ...variables, FLEET_FAIL_UNDER: '40' }, { replace: withIncompleteExport })
    expect([run.failed, run.exits.Scan, run.exits['Write the reports']]).toEqual([4, 4, undefined])
    expect(run.log).toContain('::error title=Input refused::')
    expect(run.log).toContain('page-truncated')
    expect(run.artifact).toEqual([])
  })

  it('fails with 5 at the end where the history cannot be written, with every report', async () => {
    const cwd = temporaryFolder()
    unwritableHistory(cwd)
    const run = await runGitHub({ ...variables, FLEET_FAIL_UNDER: '40' }, { cwd })
    expect([run.failed, run.exits.Scan, run.exits.Judge, run.outputs['scan.scanned']]).toEqual([5, 0, 5, 'true'])
    expect(run.log).toContain('::error title=History::This scan is not in the history')
    expect(readdirSync(join(cwd, 'results')).sort()).toEqual(reports)
    expectReports(cwd)
  })

  it('fails with 5 in the scan where there is no result', async () => {
    const replace = (script: string) => script.replace('mkdir -p results', 'true')
    const run = await runGitHub(variables, { cwd: folderWith({ results: 'a file' }), replace })
    expect([run.failed, run.exits.Scan, run.exits['Write the reports']]).toEqual([5, 5, undefined])
  })

  it.each([
    [{ FLEET_PACKAGE: '' }, '::error::The variable FLEET_PACKAGE is not set'],
    [{ FLEET_FAIL_UNDER: '1; touch pasted' }, '--fail-under needs a number'],
    [{ FLEET_FAIL_UNDER: '$(touch pasted)' }, '--fail-under needs a number'],
    [{ FLEET_AS_OF: '"; touch pasted; "' }, '--as-of needs a date'],
  ])('fails with 2 on %j', async (wrong, said) => {
    const run = await runGitHub({ ...variables, ...wrong })
    expect(run.failed).toBe(2)
    expect(run.log).toContain(said)
    expect(existsSync(join(run.cwd, 'pasted'))).toBe(false)
  })
})

describe('a plan in the repository', () => {
  it.each([
    ['', '8', undefined, '::notice title=Plan::hold'],
    ['0', '0', undefined, '::notice title=Plan::advance'],
    ['3', '3', 3, '::error title=Plan::halt'],
    ['4', '4', 4, ''],
  ])('with %j from plan check', async (given, code, failed, said) => {
    const cwd = await withPlan()
    const vars = { ...variables, FLEET_FAIL_UNDER: '40' }
    const replace = given === '' ? (script: string) => script : withoutReports
    const run = await runGitHub(vars, { cwd, env: { TEST_PLAN_CODE: given }, replace })
    expect([run.outputs['plan.code'], run.failed]).toEqual([code, failed])
    expect(run.log).toContain(said)
    if (given === '') {
      expect(JSON.parse(readFileSync(join(cwd, 'results/verdict.json'), 'utf8')).verdict).toBe('hold')
      expect(readFileSync(join(cwd, 'results/report.md'), 'utf8')).toContain('pilot')
    }
  })
})
