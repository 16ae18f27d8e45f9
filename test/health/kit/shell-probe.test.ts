import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPropertyList } from '../../../src/bundle/formats/property-list.js'
import { judgeHealth } from '../../../src/health/judge.js'
import { type ProbePlace, shellProbe } from '../../../src/health/kit/shell-probe.js'
import { readProbeLine, writeProbeLine } from '../../../src/health/probe-line.js'
import { type ProbeTarget, probeTarget } from '../../../src/health/probe-target.js'
import { Policy } from '../../../src/policy/policy.js'
import { collectFacts } from '../../../src/selftest/collect-facts.js'
import {
  canary,
  infoPropertyList,
  machine,
  packageList,
  places,
  policy,
  recordLine,
  settings,
  toolUse,
} from '../../builders/fixture-base.js'
import { fixtureMachines } from '../../builders/fixture-machines.js'
import {
  type BuiltMachine,
  buildMachine,
  canChangeOwners,
  type FileSpec,
  type MachineSpec,
} from '../../builders/machine.js'

const shells = ['dash', 'bash'] as const
type Shell = (typeof shells)[number] | 'busybox sh'

let folder = ''
const present: Shell[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shell-probe-'))
  for (const shell of [...shells, 'busybox sh'] as const) if (await runs(shell)) present.push(shell)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function runs(shell: Shell): Promise<boolean> {
  const [program = shell, ...args] = shell.split(' ')
  return (await execa(program, [...args, '-c', 'exit 0'], { reject: false })).exitCode === 0
}

/** What the script prints on a machine; stdout is read to its end, so whatever is left running would show. */
async function run(shell: Shell, script: string, cwd = folder) {
  const file = join(folder, `probe-${script.length}-${shell.replace(' ', '-')}.sh`)
  await writeFile(file, script)
  const [program = shell, ...args] = shell.split(' ')
  return execa(program, [...args, file], { cwd, reject: false, timeout: 20_000, stdin: 'ignore' })
}

/** Where the script finds a machine that was built. */
async function placeOf(built: BuiltMachine, spec: MachineSpec): Promise<ProbePlace> {
  const { root, processList, administratorId, now, self } = built
  return {
    root,
    processList,
    administratorId,
    now,
    ...(self !== undefined && { self: { id: Number(self.id), home: self.home } }),
    ...(spec.platform === 'macos' && { tools: await toolsFor(root, spec) }),
  }
}

/**
 * A `plutil` for machines that are no Macs. It knows the answers of the property lists of one machine, in the forms of
 * https://keith.github.io/xcode-man-pages/plutil.1.html (2026-11-21): no JSON of dates and data, and no raw value of
 * what is no property list.
 */
async function toolsFor(root: string, spec: MachineSpec): Promise<string> {
  const tools = `${root}-tools`
  await mkdir(tools, { recursive: true })
  for (const path of Object.keys(spec.files).filter((name) => name.endsWith('.plist'))) {
    // One that is a FIFO would never come.
    const isFile = await stat(`${root}${path}`).then((found) => found.isFile())
    const bytes = isFile ? await readFile(`${root}${path}`) : undefined
    const value = bytes && readPropertyList(bytes).value
    if (value === undefined) continue
    const answer = join(tools, `${root}${path}`.replaceAll('/', '%'))
    await writeFile(`${answer}.lint`, '')
    const odd = JSON.stringify(value, (_, item) => (item instanceof Uint8Array ? 'odd-one' : item)) ?? ''
    if (!/odd-one|"\d{4}-\d\d-\d\dT/.test(odd)) await writeFile(`${answer}.json`, odd)
    for (const [key, item] of Object.entries(value as object))
      if (typeof item === 'string') await writeFile(`${answer}.${key}`, `${item}\n`)
  }
  await writeFile(join(tools, 'plutil'), shim)
  await chmod(join(tools, 'plutil'), 0o755)
  return tools
}

const shim = `#!/bin/sh
form=json
case $1 in
  -lint) form=lint ;;
  -extract) form=$2 ;;
esac
for file in "$@"; do :; done
exec cat "$(dirname "$0")/$(printf '%s' "$file" | tr / %).$form"
`

async function withMachine(spec: MachineSpec, use: (built: BuiltMachine, place: ProbePlace) => Promise<void>) {
  const built = await buildMachine(spec)
  try {
    await use(built, await placeOf(built, spec))
  } finally {
    await built.remove()
  }
}

const machines = fixtureMachines.filter(
  ({ platform, needsRoot }) => platform !== 'windows' && (needsRoot !== true || canChangeOwners),
)

/** Corners in which the two could differ; what is wrong there is asked of neither. */
const corners: readonly { readonly name: string; readonly spec: MachineSpec }[] = [
  corner('drop-ins that are a link', 'linux', {
    '/etc/claude-code/managed-settings.d': { link: '/srv/settings' },
    '/srv/settings/a.json': { json: settings() },
  }),
  corner('several drop-ins, one with a blank, one hidden, one a link', 'linux', {
    [places.linux.settings]: undefined,
    '/etc/claude-code/managed-settings.d/10 a.json': '{}',
    '/etc/claude-code/managed-settings.d/20.json': { json: settings({ hooks: 'none', enabledPlugins: ['x'] }) },
    '/etc/claude-code/managed-settings.d/.30.json': '{"disableAllHooks":true}',
    '/etc/claude-code/managed-settings.d/40.json': '{"disableAllHooks":true}',
    '/etc/claude-code/managed-settings.d/50.json': '{"disableAllHooks":"yes","otelHeadersHelper":""}',
  }),
  corner('a drop-in that is a link', 'linux', { [places.linux.dropIn]: { link: places.linux.settings } }),
  corner('settings with a NUL', 'linux', { [places.linux.settings]: '{}\u0000' }),
  corner('settings that are too large', 'linux', { [places.linux.settings]: `{"a":"${'x'.repeat(1_100_000)}"}` }),
  corner('settings that are a folder', 'linux', { [places.linux.settings]: { folder: true } }),
  corner('settings with a mark, bytes of no text and a member twice', 'linux', {
    [places.linux.settings]: Buffer.concat([
      Buffer.from('\ufeff{"env":{"OTEL_RESOURCE_ATTRIBUTES":"fleet.policy=XX,fleet.policy=0123456789abcdef01"},"b":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('","disableAllHooks":true,"disableAllHooks":null}'),
    ]),
  }),
  corner('an empty server file and one of the second', 'linux', {
    [`${places.linux.home}/.claude/remote-settings.json`]: { json: {} },
    '/home/second/.claude/remote-settings.json': 'no JSON',
  }),
  corner('a hook behind six links', 'linux', {
    [places.linux.hook]: { link: '/opt/1' },
    ...Object.fromEntries([1, 2, 3, 4, 5].map((at) => [`/opt/${at}`, { link: `/opt/${at + 1}` }])),
    '/opt/6': { content: '', mode: 0o755 },
  }),
  corner('a hook behind a relative link in a folder of others', 'linux', {
    [places.linux.hook]: { link: '../../../srv/open/hook' },
    '/srv/open': { folder: true, mode: 0o777 },
    '/srv/open/hook': { content: '', mode: 0o755 },
  }),
  corner('a hook in a folder with the sticky bit', 'linux', { '/usr/local/libexec': { folder: true, mode: 0o1777 } }),
  corner('a hook that leads nowhere', 'linux', { [places.linux.hook]: { link: '/opt/none' } }),
  corner('a hook that only its owner runs', 'linux', { [places.linux.hook]: { content: '', mode: 0o744 } }),
  corner('packages of strange versions', 'linux', {
    '/var/lib/dpkg/status': `${packageList('x1')}\nPackage: claude-code\nStatus: install ok installed\nVersion: 2.1.9-1\n`,
    '/usr/lib/node_modules/@anthropic-ai/claude-code/package.json': '{"version":"2.1.10"}',
  }),
  corner('a removed package', 'linux', {
    '/var/lib/dpkg/status': packageList('1.2.3').replaceAll('install ok', 'deinstall ok'),
    '/usr/local/lib/node_modules/@anthropic-ai/claude-code/package.json': '{"version":',
  }),
  corner('no list of packages', 'linux', { '/var/lib/dpkg/status': undefined }),
  corner('records of two people and of one second', 'linux', {
    [`${places.linux.home}/${places.linux.record}`]: `${recordLine('2026-11-18T07:41:00Z', { tool: 'First' })}${recordLine('2026-11-18T07:41:00Z', { tool: 'Second', status: 'none' })}FR1|t=2026-11-18T07:42:00Z|ev=Stop\n`,
    [`/home/second/${places.linux.record}`]: `${'x'.repeat(70_000)}\n${recordLine('2026-11-18T07:41:00Z', { tool: 'a.b-c_D', verdict: 'ask', status: 0 }).replace('\n', '\r\n')}`,
  }),
  corner('folders that are trusted in strange ways', 'linux', {
    [`${places.linux.home}/.claude.json`]: `{"projects":{${[
      'relative',
      '//share/x',
      '/home/first/b c',
      '/home/first/gone\\n',
      '/home/first/é*',
      '/home/first/../second/x',
      '/home/first/..',
      '/home/first',
      '/home/first2/x',
      '/srv/x',
    ]
      .map((path) => `"${path}":{"hasTrustDialogAccepted":true}`)
      .join()},"/home/first/not":{"hasTrustDialogAccepted":"true"}}}`,
    '/home/first/b c': { folder: true },
    '/home/first/é*': { folder: true },
  }),
  corner('times of tools in strange forms', 'linux', {
    ...transcripts('first', {
      '2026-11-18T07:40:00Z':
        'x"type":"tool_use" "timestamp":"2026-11-18T07:00:00.5Z" "timestamp":"timestamp":"2026-11-18T07:31:00Z"',
      '2026-11-18T07:39:00Z': '"type":"tool_use","timestamp":"2026-11-18T07:38:00.Z"',
      '2026-11-18T07:38:00Z': '"type":"tool_use","timestamp":"2026-11-18T24:00:00Z"',
      '2026-11-18T07:37:00Z': '"type":"tool_use","timestamp":"1969-11-18T23:00:00Z"',
      '2026-11-18T07:36:00Z': '"type":"tool_use","timestamp":"2026-11-18T07:35:00.123Z"\n"type":"tool_use"',
      '2026-11-18T07:35:00Z': '"type":"tool_use" timestamp":"2026-11-18T07:35:00Z"',
    }),
    ...transcripts('second', {
      '2026-11-18T07:40:00Z': '"type":"tool_use","timestamp":"2026-02-31T07:00:00Z"',
      '2026-11-18T07:30:00Z': `${'x'.repeat(300_000)}"type":"tool_use","timestamp":"2026-11-18T07:33:00.12345678901Z"\n{}\n`,
    }),
  }),
  corner('settings of the console that bring in the others', 'linux', {
    [`${places.linux.home}/.claude/remote-settings.json`]: { json: { managedSourcesBehavior: 'merge' } },
    [places.linux.settings]: { json: settings({ hooks: {} }) },
  }),
  corner('settings of the console that bring in a broken file', 'linux', {
    [`${places.linux.home}/.claude/remote-settings.json`]: { json: { managedSourcesBehavior: 'merge' } },
    [places.linux.settings]: '{',
  }),
  corner('settings of the console that are broken', 'linux', {
    [`${places.linux.home}/.claude/remote-settings.json`]: '{',
    [places.linux.settings]: { json: settings({}, '0123456789abcdef') },
  }),
  corner('settings that only the console has', 'linux', {
    [`${places.linux.home}/.claude/remote-settings.json`]: { json: settings() },
    [places.linux.settings]: undefined,
  }),
  corner('lists of plugins that cannot be parsed', 'linux', {
    ...transcripts('second', { '2026-11-18T07:40:00Z': toolUse('2026-11-18T07:39:00Z') }),
    '/home/second/.claude/plugins/installed_plugins.json': '{"plugins":',
  }),
  corner('lists of plugins that are no object, or a link', 'linux', {
    [`${places.linux.home}/.claude/plugins/installed_plugins.json`]: '[]',
    ...transcripts('second', { '2026-11-18T07:40:00Z': toolUse('2026-11-18T07:39:00Z') }),
    '/home/second/.claude/plugins/installed_plugins.json': { link: '/home/first/.claude/settings.json' },
  }),
  corner('plugins of strange forms', 'linux', {
    [`${places.linux.home}/.claude/plugins/installed_plugins.json`]: {
      json: { plugins: { 'guardrails@acme-tools': [{ version: 14 }, { version: '1.4.0' }, 'x'] } },
    },
    [`${places.linux.home}/.claude/plugins/marketplaces/acme-tools/.claude-plugin/marketplace.json`]: {
      json: { plugins: { guardrails: { name: 'guardrails', version: '0' } } },
    },
    [`${places.linux.home}/.claude/settings.json`]: {
      json: { enabledPlugins: { 'guardrails@a@b': true, 'guardrails2@x': true } },
    },
    '/home/second/.claude/settings.json': '[]',
  }),
  corner('a native link of another kind', 'linux', {
    '/home/first/.local/bin/claude': { link: '../share/claude/versions/2.0.0/claude' },
    '/home/second/.local/bin/claude': { link: '../../.local/share/claude/versions/2.1.3' },
  }),
  corner('a property list with a date', 'macos', {
    '/Library/Managed Preferences/com.anthropic.claudecode.plist':
      '<plist version="1.0"><dict><key>a</key><date>2026-11-18T07:41:00Z</date></dict></plist>',
  }),
  corner('a property list of one person', 'macos', {
    '/Library/Managed Preferences/first/com.anthropic.claudecode.plist':
      '<plist version="1.0"><dict><key>managedSourcesBehavior</key><string>merge</string></dict></plist>',
  }),
  corner('a property list without members', 'macos', {
    '/Library/Managed Preferences/com.anthropic.claudecode.plist': '<plist version="1.0"><dict/></plist>',
  }),
  corner('an app without a version', 'macos', {
    '/Applications/Claude.app/Contents/Info.plist': infoPropertyList('x'),
  }),
  corner('no app but another', 'macos', {
    '/Applications/Claude.app/Contents/Info.plist': infoPropertyList('1.2.3', 'com.example.other'),
  }),
]

/** Transcripts of a person, by the time of their last change. */
function transcripts(name: string, contents: Readonly<Record<string, string>>): Record<string, FileSpec | undefined> {
  const folder = `/home/${name}/.claude/projects/-work-site`
  const files = Object.entries(contents).map(([at, content], index) => [`${folder}/${index}.jsonl`, { content, at }])
  return { [`${folder}/5a1e.jsonl`]: undefined, ...Object.fromEntries(files) }
}

function corner(name: string, platform: 'linux' | 'macos', files: Readonly<Record<string, FileSpec | undefined>>) {
  const users = [{ name: 'first' }, ...(platform === 'linux' ? [{ name: 'second' }] : [])]
  return { name, spec: machine(platform, { files, users }) }
}

describe('the shell probe', () => {
  it.each(corners)('says of $name what fleet selftest says', { timeout: 60_000 }, async ({ spec }) => {
    if (spec.platform === 'windows') throw new Error('not of this probe')
    const target = probeTarget(policy, spec.platform)
    await withMachine(spec, async ({ machine: seen }, place) => {
      const facts = await collectFacts(seen, target)
      const expected = writeProbeLine(facts, judgeHealth(facts, target).word)
      const printed = await Promise.all(present.map((shell) => run(shell, shellProbe(target, 'line', place))))
      for (const { stdout } of printed) expect(stdout).toBe(expected)
    })
  })

  it.each(machines)(
    'says of $name what fleet selftest says, and what is wrong with it',
    { timeout: 60_000 },
    async (fixture) => {
      const { platform, spec, diagnoses } = fixture
      const target = probeTarget(fixture.policy, platform)
      await withMachine(spec, async ({ machine: seen }, place) => {
        const facts = await collectFacts(seen, target)
        const expected = writeProbeLine(facts, judgeHealth(facts, target).word)
        const usual = present.filter((name) => name !== 'busybox sh')
        for (const { stdout, stderr } of await Promise.all(
          usual.map((shell) => run(shell, shellProbe(target, 'line', place))),
        )) {
          expect(stdout).toBe(expected)
          expect(stderr).toBe('')
          expect(stdout).not.toContain(canary)
        }
        const reading = readProbeLine(expected)
        if (reading.kind !== 'line') throw new Error(`no line: ${expected}`)
        const health = judgeHealth(reading.facts, target)
        expect(health.diagnoses.map(({ code }) => code)).toEqual(diagnoses)
        expect(reading.word).toBe(health.word)
      })
    },
  )

  const target = probeTarget(policy, 'linux')
  const healthy = machine('linux')

  it('writes the line in the element that Jamf Pro reads', async () => {
    await withMachine(healthy, async (_, place) => {
      const { stdout } = await run('dash', shellProbe(target, 'result', place))
      expect(stdout).toMatch(/^<result>FH1\|ok\|[!-;=?-~]+\|end<\/result>$/)
    })
  })

  it('ends with 1 as an audit script where something needs repair, and only there', async () => {
    await withMachine(healthy, async (_, place) => {
      expect((await run('dash', shellProbe(target, 'status', place))).exitCode).toBe(0)
    })
    await withMachine({ ...healthy, files: { ...healthy.files, [places.linux.settings]: '{' } }, async (_, place) => {
      expect((await run('dash', shellProbe(target, 'status', place))).exitCode).toBe(1)
      expect((await run('dash', shellProbe(target, 'line', place))).exitCode).toBe(0)
    })
  })

  it('says nothing when it was changed', async () => {
    const { stdout, stderr, exitCode } = await run(
      'dash',
      shellProbe(target, 'line').replace(/^target_digest='./m, "target_digest='x"),
    )
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toMatch(/^fleet-probe: /)
  })

  it('stops after four seconds, tells what it knows, and leaves nothing running', { timeout: 40_000 }, async () => {
    await withMachine(healthy, async (_, place) => {
      // The list of processes never comes: nobody writes to the FIFO.
      const fifo = join(dirname(place.root ?? ''), 'never')
      await execa('mkfifo', [fifo])
      for (const shell of present) {
        const started = Date.now()
        const { stdout } = await run(shell, shellProbe(target, 'line', { ...place, processList: fifo }))
        expect(Date.now() - started).toBeLessThan(6000)
        const reading = readProbeLine(stdout)
        if (reading.kind !== 'line') throw new Error(`no line: ${stdout}`)
        expect(reading.word).toBe('unknown')
        expect(reading.facts).toMatchObject({ cut: 'time', settings: [{ place: 'file', state: target.stamp }] })
        for (const missing of [
          'desktopRunning',
          'codeRunning',
          'plugins',
          'invoked',
          'activity',
          'silent',
          'workspaces',
        ])
          expect(reading.facts).not.toHaveProperty(missing)
        const { stdout: left } = await execa('ps', ['-A', '-ww', '-o', 'args='])
        expect(left).not.toContain(fifo)
        expect(left).not.toContain(folder)
      }
    })
  })

  it('writes no file', async () => {
    await withMachine(healthy, async ({ root }, place) => {
      const empty = join(folder, 'empty')
      await mkdir(empty, { recursive: true })
      const before = await readdir(root, { recursive: true })
      for (const shell of present) await run(shell, shellProbe(target, 'line', place), empty)
      expect(await readdir(root, { recursive: true })).toEqual(before)
      expect(await readdir(empty)).toEqual([])
    })
  })

  it('is quick for ten people with five hundred transcripts each', { timeout: 60_000 }, async () => {
    const people = Array.from({ length: 10 }, (_, index) => `person${index}`)
    const files = Object.fromEntries(
      people.flatMap((name) =>
        Array.from({ length: 500 }, (_, index) => [
          `/home/${name}/.claude/projects/-work-${index % 20}/${index}.jsonl`,
          index % 7 === 0 ? toolUse('2026-11-18T07:00:00Z') : '{}\n',
        ]),
      ),
    )
    const spec = { ...healthy, users: people.map((name) => ({ name })), files: { ...healthy.files, ...files } }
    await withMachine(spec, async (_, place) => {
      const started = Date.now()
      const { stdout } = await run('dash', shellProbe(target, 'line', place))
      expect(Date.now() - started).toBeLessThan(4000)
      expect(readProbeLine(stdout)).toMatchObject({ kind: 'line', facts: { users: 10, active: 10, silent: 10 } })
    })
  })

  it.each(targets())('passes the checks of shells: $name', async ({ target: wanted }) => {
    const script = shellProbe(wanted, 'result')
    expect(script).toMatch(/^[\t\n -~]+$/)
    for (const tools of ["root=''", "process_list=''", "now=''", "self_home=''", "tools=''"])
      expect(script.split('\n')).toContain(tools)
    const file = join(folder, 'checked.sh')
    await writeFile(file, script)
    for (const shell of present.filter((name) => name !== 'busybox sh')) await execa(shell, ['-n', file])
    const { code, stdout } = await execa('shellcheck', ['--norc', '-s', 'sh', file], { reject: false })
    if (code !== 'ENOENT') expect(stdout).toBe('')
  })
})

function targets(): readonly { readonly name: string; readonly target: ProbeTarget }[] {
  const hostile = Policy.parse({
    organization: 'Acme',
    hooks: {
      required: [
        { event: 'PreToolUse', command: `"/opt/it's $(touch x)/\`hook\`"` },
        { event: 'Stop', command: '/opt/-e' },
      ],
    },
  })
  return [
    { name: 'macOS', target: probeTarget(policy, 'macos') },
    { name: 'Linux', target: probeTarget(policy, 'linux') },
    { name: 'a policy that wants nothing', target: probeTarget(Policy.parse({ organization: 'Acme' }), 'linux') },
    { name: 'a policy with shell text in a path', target: probeTarget(hostile, 'linux') },
  ]
}
