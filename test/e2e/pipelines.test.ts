import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { environment, expectQuietTerminal, fleet, folderWith, program, root, temporaryFolder } from './run-fleet.js'

const folder = join(root, 'templates', 'pipelines')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')

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
const workflow = parse(text('github-actions.yml')) as {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly concurrency: { readonly 'cancel-in-progress': boolean }
  readonly jobs: Readonly<Record<'scan' | 'code-scanning', Job>>
}
const gitlab = parse(text('gitlab-ci.yml')) as {
  readonly stages: readonly string[]
  readonly 'fleet-readiness': {
    readonly stage: string
    readonly rules: readonly { readonly if: string }[]
    readonly variables: Readonly<Record<string, string>>
    readonly cache: { readonly paths: readonly string[]; readonly when: string; readonly policy: string }
    readonly before_script: readonly string[]
    readonly script: readonly string[]
    readonly artifacts: {
      readonly when: string
      readonly access: string
      readonly paths: readonly string[]
      readonly reports: { readonly junit: string }
    }
  }
}
const gitlabJob = gitlab['fleet-readiness']
const readme = text('README.md')
const cronScript = /^#!\/bin\/sh\n.*?(?=^```)/ms.exec(readme)![0]

const scripts: [string, string][] = [
  ...workflow.jobs.scan.steps.flatMap(({ name, run }): [string, string][] => (run ? [[`GitHub: ${name}`, run]] : [])),
  ['GitLab', [...gitlabJob.before_script, ...gitlabJob.script].join('\n')],
]

/**
 * A machine for jobs: `npm` there installs the built program, as `fleet`. A plan that is to halt cannot be made of one
 * scan, so the answer of `plan check` can be set.
 */
function machine(): { readonly path: string } {
  const path = temporaryFolder()
  const command = (name: string, script: string) => {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(path, name), 0o755)
  }
  mkdirSync(join(path, 'modules'))
  symlinkSync(root, join(path, 'modules', 'fleet-readiness'))
  command(
    'not-yet-fleet',
    `if [ "$1 $2" = 'plan check' ] && [ -n "$TEST_PLAN_CODE" ]; then echo '{}'; exit "$TEST_PLAN_CODE"; fi
exec '${process.execPath}' '${program}' "$@"`,
  )
  command(
    'npm',
    `case "$*" in
  'root --global') echo '${join(path, 'modules')}' ;;
  'install --global --no-audit --no-fund -- fleet-readiness@0.1.0') cp '${path}/not-yet-fleet' '${path}/fleet' ;;
  *) echo "npm was asked for $*" >&2; exit 99 ;;
esac`,
  )
  return { path }
}

async function bash(script: string, { path }: { path: string }, cwd: string, env: Readonly<Record<string, string>>) {
  const file = join(temporaryFolder(), 'step.sh')
  writeFileSync(file, script)
  // As https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell says.
  const result = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd,
    env: environment({ ...env, PATH: `${path}:${process.env.PATH}` }),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    timeout: 50_000,
  })
  expectQuietTerminal({ exit: result.exitCode, out: result.stdout, err: result.stderr })
  return { exit: result.exitCode, log: result.stdout + result.stderr }
}

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

async function runGitLab(
  variables: Readonly<Record<string, string>>,
  cwd = temporaryFolder(),
  replace = (script: string) => script,
) {
  const script = [...gitlabJob.before_script, ...gitlabJob.script].join('\n')
  const env = { ...gitlabJob.variables, CI: 'true', CI_PIPELINE_SOURCE: 'schedule', ...variables }
  return { ...(await bash(replace(script), machine(), cwd, env)), cwd }
}

const variables = { FLEET_PACKAGE: 'fleet-readiness@0.1.0', FLEET_AS_OF: '2026-11-20' }
const reports = ['fleet.prom', 'fleet.sarif', 'junit.xml', 'report.html', 'report.md', 'scan.json']
const withIncompleteExport = (script: string) => script.replace('rm exports/computers-inventory-page-*.json', '')
/** Reports take most of the time: they are left out where they were seen before, and where the verdict is made up. */
const withoutReports = (script: string) =>
  script.replace(/^ *fleet report .*$/gm, '').replace(/^if .* report\.md.*(?:\n.*)*^fi$/m, '')
const runsRecorded = (cwd: string) => readFileSync(join(cwd, 'history/scans.jsonl'), 'utf8').match(/^\{/gm)?.length

/** Every report says something, in the form it is asked for. */
function expectReports(cwd: string) {
  const read = (name: string) => readFileSync(join(cwd, 'results', name), 'utf8')
  expect(read('fleet.prom')).toMatch(/^# HELP fleet_/m)
  expect(JSON.parse(read('fleet.sarif')).version).toBe('2.1.0')
  expect(read('junit.xml')).toMatch(/<testsuites?\b[^>]*tests="/)
  expect(read('report.html')).toMatch(/^<!doctype html>/i)
  expect(read('report.md')).toContain('Acme Instruments')
  expect(JSON.parse(read('scan.json')).schema).toBe('fleet.scan/v1')
}

describe('the shell of the pipelines', () => {
  it
    .skipIf(spawnSync('shellcheck', ['--version']).status !== 0)
    .each([
      ...scripts.map(([name, script]): [string, string, string] => [name, script, 'bash']),
      ['cron', cronScript, 'sh'] as [string, string, string],
    ])('%s passes shellcheck', (_, script, shell) => {
    const { stdout } = spawnSync('shellcheck', ['--norc', '-s', shell, '-'], { input: script, encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  it.each(scripts)('%s has no value pasted into it, and prints no environment', (_, script) => {
    expect(script).not.toContain('${{')
    expect(script).not.toMatch(/\bset -[a-z]*x|\bprintenv\b|\benv\b\s*$/m)
  })
})

describe('github-actions.yml', () => {
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
  ])('GitHub: with %j from plan check', async (given, code, failed, said) => {
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

  it('GitLab: holds, and reports it', async () => {
    const cwd = await withPlan()
    const run = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40' }, cwd)
    expect([run.exit, run.log]).toEqual([0, expect.any(String)])
    expect(readFileSync(join(cwd, 'results/report.md'), 'utf8')).toContain('pilot')
  })

  it.each([
    ['3', 3],
    ['4', 4],
  ])('GitLab: ends with %s from plan check', async (given, exit) => {
    const cwd = await withPlan()
    const run = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40', TEST_PLAN_CODE: given }, cwd, withoutReports)
    expect(run.exit).toBe(exit)
  })
})

let planned: string | undefined

/** A repository with a plan of the sample company. */
async function withPlan(): Promise<string> {
  const repository = temporaryFolder()
  planned ??= await makePlan()
  cpSync(planned, join(repository, 'plan'), { recursive: true })
  return repository
}

async function makePlan(): Promise<string> {
  const cwd = temporaryFolder()
  cpSync(join(root, 'templates/samples/acme'), join(cwd, 'exports'), { recursive: true })
  const scan = await fleet(['scan', 'exports', '--as-of', '2026-11-20', '--output', 'before.json'], { cwd })
  expect(scan.exit).toBe(0)
  const plan = await fleet(['plan', 'before.json', '--policy', 'exports/fleet.yaml'], { cwd })
  expect(plan.exit).toBe(0)
  return join(cwd, 'plan')
}

describe('gitlab-ci.yml', () => {
  it('runs by schedule and by hand, keeps artifacts and history whatever happens, and shows them to members only', () => {
    expect(gitlab.stages).toEqual([gitlabJob.stage])
    expect(gitlabJob.rules.map((rule) => rule.if)).toEqual([
      '$CI_PIPELINE_SOURCE == "schedule"',
      '$CI_PIPELINE_SOURCE == "web"',
    ])
    expect(gitlabJob.artifacts).toMatchObject({ when: 'always', access: 'developer', paths: ['results/', 'history/'] })
    expect(gitlabJob.cache).toMatchObject({ when: 'always', policy: 'pull-push', paths: ['history/'] })
    expect(gitlabJob.variables.FLEET_HISTORY).toBe('history')
  })

  it('passes where the threshold is reached, writes every report, and goes on with the history', async () => {
    const first = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40' })
    expect([first.exit, first.log]).toEqual([0, expect.any(String)])
    expect(readdirSync(join(first.cwd, 'results')).sort()).toEqual(reports)
    expectReports(first.cwd)
    expect(existsSync(join(first.cwd, gitlabJob.artifacts.reports.junit))).toBe(true)
    const next = temporaryFolder()
    cpSync(join(first.cwd, 'history'), join(next, 'history'), { recursive: true })
    await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40' }, next, withoutReports)
    expect(runsRecorded(next)).toBe(2)
  })

  it('fails with 3 at the end where it is not, with every report', async () => {
    const { exit, log, cwd } = await runGitLab(variables)
    expect(exit).toBe(3)
    expect(log).toContain('Coverage is below 95 percent.')
    expect(readdirSync(join(cwd, 'results')).sort()).toEqual(reports)
  })

  it('fails with 4 where an export is incomplete, without a result', async () => {
    const { exit, log, cwd } = await runGitLab(variables, undefined, withIncompleteExport)
    expect(exit).toBe(4)
    expect(log).toContain('page-truncated')
    expect(readdirSync(join(cwd, 'results'))).toEqual([])
  })

  it.each([
    [{ FLEET_PACKAGE: '' }, 'FLEET_PACKAGE is not set'],
    [{ FLEET_FAIL_UNDER: '1; touch pasted' }, '--fail-under needs a number'],
  ])('fails with 2 on %j', async (wrong, said) => {
    const { exit, log, cwd } = await runGitLab({ ...variables, ...wrong })
    expect(exit).toBe(2)
    expect(log).toContain(said)
    expect(existsSync(join(cwd, 'pasted'))).toBe(false)
  })
})

describe('cron and Prometheus', () => {
  async function runCron(names: readonly string[], more: { failUnder?: string } = {}) {
    const cwd = temporaryFolder()
    const metrics = temporaryFolder()
    mkdirSync(join(cwd, 'exports'))
    for (const name of names)
      cpSync(join(root, 'templates/samples/acme', name), join(cwd, 'exports', name), { recursive: true })
    const runner = machine()
    await bash('npm install --global --no-audit --no-fund -- fleet-readiness@0.1.0', runner, cwd, {})
    const script = cronScript.replace('--fail-under 95', `--fail-under ${more.failUnder ?? 95} --as-of 2026-11-20`)
    const run = await bash(`sh <<'CRON'\n${script}CRON\n`, runner, cwd, { FLEET_FOLDER: cwd, FLEET_METRICS: metrics })
    return { ...run, cwd, metrics }
  }
  const complete = ['jamf-computer-search.csv', 'fleetdm-hosts.json', 'fleet.yaml']

  it('leaves the metrics where the collector reads them, and prints nothing while all is well', async () => {
    const { exit, log, cwd, metrics } = await runCron(complete, { failUnder: '0' })
    expect([exit, log]).toEqual([0, ''])
    expect(readdirSync(metrics)).toEqual(['fleet.prom'])
    expect(statSync(join(metrics, 'fleet.prom')).mode & 0o777).toBe(0o644)
    const lines = readFileSync(join(metrics, 'fleet.prom'), 'utf8')
    // What the collector takes: comments, samples and empty lines, each line ended.
    expect(lines).toMatch(/^(?:(?:# (?:HELP|TYPE) fleet_\w+ .+|fleet_\w+(?:\{[^\n]*\})? -?[\d.e+-]+)?\n)+$/)
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('prints the scan and ends with 3 below the threshold, with new metrics', async () => {
    const { exit, log, metrics } = await runCron(complete, { failUnder: '100' })
    expect(exit).toBe(3)
    expect(log).toContain('Coverage')
    expect(readdirSync(metrics)).toEqual(['fleet.prom'])
  })

  it('leaves the old metrics alone where an export is refused', async () => {
    const { exit, log, metrics } = await runCron(['computers-inventory-page-0.json', 'fleet.yaml'])
    expect(exit).toBe(4)
    expect(log).toContain('page-truncated')
    expect(readdirSync(metrics)).toEqual([])
  })

  it('has alerts on metrics that there are', async () => {
    const named = [...readme.matchAll(/\bfleet_\w+/g)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(0)
    const { metrics } = await runCron(complete, { failUnder: '0' })
    const lines = readFileSync(join(metrics, 'fleet.prom'), 'utf8').split('\n')
    for (const name of named)
      expect(
        lines.some((line) => new RegExp(`^${name}[{ ]`).test(line)),
        name,
      ).toBe(true)
    expect(lines.some((line) => line.startsWith('fleet_coverage_ratio{denominator="in_scope"} '))).toBe(true)
  })

  it('has a crontab that starts it', () => {
    const crontab = /^```crontab\n(.*?)^```/ms.exec(readme)![1]!
    const [, name] = /^`\/usr\/local\/bin\/([\w-]+)`/m.exec(readme)!
    const entries = crontab.split('\n').filter((line) => /^[\d*]/.test(line))
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatch(new RegExp(`^(?:[\\d*,/-]+ ){5}${name}$`))
    expect(crontab).toMatch(/^PATH=\/usr\/local\/bin:/m)
  })
})
