import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { environment, expectQuietTerminal, fleet, program, root, temporaryFolder } from './run-fleet.js'

/** The text of a pipeline. */
export const pipelineText = (name: string): string => readFileSync(join(root, 'templates/pipelines', name), 'utf8')

/**
 * A machine for jobs: `npm` there installs the built program, as `fleet`. A plan that is to halt cannot be made of one
 * scan, so the answer of `plan check` can be set.
 */
export function machine(): { readonly path: string } {
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

/** Runs a script as the runner of GitHub and of GitLab do. */
export async function bash(
  script: string,
  { path }: { path: string },
  cwd: string,
  env: Readonly<Record<string, string>>,
) {
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

export const variables = { FLEET_PACKAGE: 'fleet-readiness@0.1.0', FLEET_AS_OF: '2026-11-20' }
export const reports = ['fleet.prom', 'fleet.sarif', 'junit.xml', 'report.html', 'report.md', 'scan.json']
export const withIncompleteExport = (script: string) => script.replace('rm exports/computers-inventory-page-*.json', '')
/** Reports take most of the time: they are left out where they were seen before, and where the verdict is made up. */
export const withoutReports = (script: string) =>
  script.replace(/^ *fleet report .*$/gm, '').replace(/^if .* report\.md.*(?:\n.*)*^fi$/m, '')
export const runsRecorded = (cwd: string) =>
  readFileSync(join(cwd, 'history/scans.jsonl'), 'utf8').match(/^\{/gm)?.length

/** A history that cannot be written: what should be its file is a folder. */
export function unwritableHistory(cwd: string): void {
  mkdirSync(join(cwd, 'history/scans.jsonl/folder'), { recursive: true })
}

/** Every report says something, in the form it is asked for. */
export function expectReports(cwd: string) {
  const read = (name: string) => readFileSync(join(cwd, 'results', name), 'utf8')
  expect(read('fleet.prom')).toMatch(/^# HELP fleet_/m)
  expect(JSON.parse(read('fleet.sarif')).version).toBe('2.1.0')
  expect(read('junit.xml')).toMatch(/<testsuites?\b[^>]*tests="/)
  expect(read('report.html')).toMatch(/^<!doctype html>/i)
  expect(read('report.md')).toContain('Acme Instruments')
  expect(JSON.parse(read('scan.json')).schema).toBe('fleet.scan/v1')
}

let planned: string | undefined

/** A repository with a plan of the sample company. */
export async function withPlan(): Promise<string> {
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

/** Tests that a script of a pipeline is sound in itself. */
export function itIsSoundShell(scripts: readonly (readonly [string, string])[], shell: 'bash' | 'sh'): void {
  it.skipIf(spawnSync('shellcheck', ['--version']).status !== 0).each(scripts)('%s passes shellcheck', (_, script) => {
    const { stdout } = spawnSync('shellcheck', ['--norc', '-s', shell, '-'], { input: script, encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  it.each(scripts)('%s has no value pasted into it, and prints no environment', (_, script) => {
    expect(script).not.toContain('${{')
    expect(script).not.toMatch(/\bset -[a-z]*x|\bprintenv\b|\benv\b\s*$/m)
  })
}
