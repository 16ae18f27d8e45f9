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
import { temporaryFolder } from './run-fleet.js'

const gitlab = parse(pipelineText('gitlab-ci.yml')) as {
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
const script = [...gitlabJob.before_script, ...gitlabJob.script].join('\n')

async function runGitLab(
  variables: Readonly<Record<string, string>>,
  cwd = temporaryFolder(),
  replace = (script: string) => script,
) {
  const env = { ...gitlabJob.variables, CI: 'true', CI_PIPELINE_SOURCE: 'schedule', ...variables }
  return { ...(await bash(replace(script), machine(), cwd, env)), cwd }
}

describe('gitlab-ci.yml', () => {
  itIsSoundShell([['the job', script]], 'bash')

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

  it('fails with 5 at the end where the history cannot be written, with every report', async () => {
    const folder = temporaryFolder()
    unwritableHistory(folder)
    const { exit, log, cwd } = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40' }, folder)
    expect(exit).toBe(5)
    expect(log).toContain('This scan is not in the history: see above.')
    expect(readdirSync(join(cwd, 'results')).sort()).toEqual(reports)
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

describe('a plan in the repository', () => {
  it('holds, and reports it', async () => {
    const cwd = await withPlan()
    const run = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40' }, cwd)
    expect([run.exit, run.log]).toEqual([0, expect.any(String)])
    expect(readFileSync(join(cwd, 'results/report.md'), 'utf8')).toContain('pilot')
  })

  it.each([
    ['3', 3],
    ['4', 4],
  ])('ends with %s from plan check', async (given, exit) => {
    const cwd = await withPlan()
    const run = await runGitLab({ ...variables, FLEET_FAIL_UNDER: '40', TEST_PLAN_CODE: given }, cwd, withoutReports)
    expect(run.exit).toBe(exit)
  })
})
