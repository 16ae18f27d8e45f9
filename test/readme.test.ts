import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const readme = await readFile(join(root, 'README.md'), 'utf8')
const environment = { NODE_ENV: 'production', NO_COLOR: '1', TZ: 'UTC' }

/** Runs `fleet …` as it stands in the README, in a shell, since quotes are part of the examples. */
function fleet(command: string, cwd: string, more: Readonly<Record<string, string>> = {}) {
  const script = `fleet() { '${process.execPath}' '${join(root, 'bin', 'run.js')}' "$@"; }\n${command}`
  return execa('sh', ['-c', script], { cwd, env: { ...environment, ...more }, reject: false })
}

describe('README', () => {
  let folder: string

  // The README speaks of exports/, scan.json and assets.csv: a reader has them, so the test does.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-readme-'))
    await cp(join(root, 'templates/samples/acme'), join(folder, 'exports', '2026-11-20'), { recursive: true })
    await cp(join(root, 'templates/samples/acme'), join(folder, 'templates/samples/acme'), { recursive: true })
    await cp(join(root, 'templates/samples/acme-probes'), join(folder, 'templates/samples/acme-probes'), {
      recursive: true,
    })
    await cp(join(root, 'templates/samples/acme-telemetry'), join(folder, 'templates/samples/acme-telemetry'), {
      recursive: true,
    })
    await cp(join(root, 'templates/samples/acme-history'), join(folder, 'templates/samples/acme-history'), {
      recursive: true,
    })
    await cp(join(root, 'templates/samples/settings'), join(folder, 'templates/samples/settings'), { recursive: true })
    await writeFile(
      join(folder, 'assets.csv'),
      'Asset Serial,Name,Last Contact,Claude Ver\nACMASSET01,FIN-LT-9001,2026-11-19 08:00:00,1.46388.4\n',
    )
    await fleet('fleet scan exports --as-of 2026-11-20 --output scan.json', folder)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .filter((line) => line.startsWith('fleet '))

  it('documents commands', () => {
    expect(commands.length).toBeGreaterThan(8)
  })

  it.each(commands)('%s', async (command) => {
    const { exitCode, stdout, stderr } = await fleet(command, folder)
    // The sample lacks a page on purpose, which --strict must refuse; and nothing has happened since it was planned.
    // Content that the policy does not allow is in the telemetry on purpose.
    const ends: readonly [string, number][] = [
      ['--strict', 4],
      ['fleet plan check', 8],
      ['fleet evidence templates', 7],
    ]
    const expected = ends.find(([part]) => command.includes(part))?.[1] ?? 0
    // A self-test says how the machine is that the tests run on: fine, in need of repair, or not to be told.
    const possible = command.startsWith('fleet selftest') && !command.includes('--line') ? [0, 3, 8] : [expected]
    expect(possible, stderr).toContain(exitCode)
    // What is written to a file is told on stderr.
    if (!command.includes('--strict')) expect(command.includes('fleet report') ? stdout + stderr : stdout).not.toBe('')
  })

  it('shows what the program prints (vitest -u writes it)', async () => {
    let expected = readme
    for (const [whole, command = '', lines = ''] of readme.matchAll(
      /<!-- capture: (fleet .*?) \| head -(\d+) -->\n```\n.*?```\n<!-- end -->/gs,
    )) {
      // Where no command has left a policy.
      const { stdout } = await fleet(command, root, { FLEET_HISTORY: join(folder, 'history-of-captures') })
      const shown = stdout.split('\n').slice(0, Number(lines)).join('\n')
      expected = expected.replace(
        whole,
        `<!-- capture: ${command} | head -${lines} -->\n\`\`\`\n${shown}\n\`\`\`\n<!-- end -->`,
      )
    }
    await expect(expected).toMatchFileSnapshot('../README.md')
  })
})
