import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DrillDocument, drillExit } from '../../src/selftest/drill/drill-document.js'
import { seenBy } from '../selftest/drill/drill-machine.js'
import { type FakeBehaviour, writeFakeClient } from '../selftest/drill/fake-client.js'
import { childOf, isRunning, runsOf, until } from '../selftest/drill/left-behind.js'
import { environment, failureOf, fleet, folderWith, program, type Run, temporaryFolder } from './run-fleet.js'

/** These tests drill on the machine they run on, with a stand-in for the client: only that reads settings of their own. */
interface Surroundings {
  /** What the client sees as the machine, and where it writes what it did. */
  readonly root: string
  readonly cwd: string
  readonly client: string
  /** The temporary folder of the runs; nothing else is in it. */
  readonly temporary: string
  readonly env: Record<string, string>
}

function surroundings(behaviour: FakeBehaviour = {}): Surroundings {
  const root = temporaryFolder()
  const temporary = join(root, 'temporary')
  const cwd = join(root, 'work')
  for (const path of [temporary, cwd]) mkdirSync(path)
  const client = writeFakeClient(join(root, 'client'), root, behaviour)
  return { root, cwd, client, temporary, env: { TMPDIR: temporary } }
}

const drill = ({ cwd, client, env }: Surroundings, words: readonly string[]): Promise<Run> =>
  fleet(['selftest', '--drill', '--client', client, ...words], { cwd, env })

describe.skipIf(process.platform === 'win32')('fleet selftest --drill', () => {
  it('starts nothing where nobody can be asked, and says what it would do and what to add', async () => {
    const at = surroundings()
    const { exit, out, err } = await drill(at, [])
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(`This drill starts ${at.client} in a throw-away home, for at most 60 seconds.`)
    expect(err).toMatch(/Error: .*nobody can be asked here\.\n {2}→ Add --yes/)
    expect(runsOf(at.root)).toEqual([])
    expect(readdirSync(at.temporary)).toEqual([])
  })

  it('gives its failure as a document under --json, beside the announcement on stderr', async () => {
    const at = surroundings()
    const run = await drill(at, ['--json'])
    expect(run.err).toContain('no tokens are used')
    expect(failureOf({ ...run, err: '' })).toMatchObject({ code: 'drill-needs-yes', exit: 2 })
    expect(runsOf(at.root)).toEqual([])
  })

  it('drills with --yes, says first what it does, and leaves nothing', async () => {
    const at = surroundings()
    const { exit, out, err } = await drill(at, ['--yes', '--timeout', '30'])
    expect(err).toContain('for at most 30 seconds')
    expect(out).toMatch(/^(?:PROVEN|NOT ALL PROVEN|CONTRADICTED): /)
    expect(exit).toBe(out.startsWith('PROVEN') ? 0 : out.startsWith('NOT') ? 8 : 3)
    expect(out).toContain('its home, its files and its processes are gone')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(runsOf(at.root)).toEqual(['--version', '-p'])
    expect(readdirSync(at.temporary)).toEqual([])
  })

  it('prints one document with --json, and ends as it says', async () => {
    const at = surroundings()
    const { exit, out } = await drill(at, ['--yes', '--json'])
    const document = DrillDocument.parse(JSON.parse(out))
    expect(document).toMatchObject({
      schema: 'fleet.drill/v1',
      client: { path: at.client, version: '2.1.329' },
      ended: 'done',
      cleanedUp: true,
    })
    expect(exit).toBe(drillExit(document))
    expect(document.checks.find(({ id }) => id === 'session-started')).toMatchObject({ state: 'proven' })
  })

  it('compares with the policy that is named, and starts nothing where there is none of that name', async () => {
    const at = surroundings()
    const policy = folderWith({
      'acme.yaml': 'hooks: { required: [{ event: PreToolUse, command: /usr/local/libexec/fleet-hook }], guard: {} }\n',
    })
    const missing = await drill(at, ['--yes', '--json', '--policy', join(policy, 'missing.yaml')])
    expect(failureOf(missing)).toMatchObject({ code: 'policy-not-found', exit: 2 })
    expect(runsOf(at.root)).toEqual([])
    const { exit, out } = await drill(at, ['--yes', '--json', '--policy', join(policy, 'acme.yaml')])
    const { checks } = DrillDocument.parse(JSON.parse(out))
    // The stand-in runs no hook.
    expect(checks.find(({ id }) => id === 'hook-invoked')).toMatchObject({ state: 'contradicted' })
    expect(exit).toBe(3)
  })

  it('stops a client that never ends when its time is over', async () => {
    const at = surroundings({ hangs: 'start' })
    const { exit, out } = await drill(at, ['--yes', '--json', '--timeout', '5'])
    const document = DrillDocument.parse(JSON.parse(out))
    expect(document).toMatchObject({ ended: 'timed-out', cleanedUp: true })
    expect([3, 8]).toContain(exit)
    expect(isRunning(childOf(at.root))).toBe(false)
    expect(readdirSync(at.temporary)).toEqual([])
  })

  it('takes a time and a client only with a drill, and no client that is none', async () => {
    const at = surroundings()
    const refused = [
      ['--drill', '--timeout', '1'],
      ['--drill', '--yes', '--connect'],
      ['--drill', '--yes', '--line'],
      ['--yes'],
      ['--timeout', '30'],
      ['--client', at.client],
      ['--drill', '--yes', '--client', join(at.cwd, 'missing')],
    ]
    const runs = await Promise.all(refused.map((words) => fleet(['selftest', ...words], { cwd: at.cwd, env: at.env })))
    expect(runs.map(({ exit, out }) => [exit, out])).toEqual(refused.map(() => [2, '']))
    expect(runsOf(at.root)).toEqual([])
    expect(readdirSync(at.temporary)).toEqual([])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing behind on %s, and ends with %i', async (signal, exit) => {
    const at = surroundings({ hangs: 'start' })
    const words = [program, 'selftest', '--drill', '--yes', '--client', at.client]
    // The shell tells what anybody who waits for the program is told.
    const script = '"$@" & echo $! >pid; wait $!'
    const shell = spawn('bash', ['-c', `set -m; ${script}`, 'bash', process.execPath, ...words], {
      cwd: at.cwd,
      env: environment(at.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    shell.stdout.on('data', (part: Buffer) => {
      out += part.toString()
    })
    const ended = new Promise((resolve) => shell.once('exit', (code) => resolve(code)))
    await until(() => existsSync(join(at.root, 'child')) && childOf(at.root) > 0)
    const { pid } = seenBy(at.root)!
    process.kill(Number(readFileSync(join(at.cwd, 'pid'), 'utf8')), signal)
    expect(await ended).toBe(exit)
    await until(() => !isRunning(pid) && !isRunning(childOf(at.root)))
    expect(readdirSync(at.temporary)).toEqual([])
    expect(out).toBe('')
  })

  it.runIf(hasPython()).each([
    ['n', [], 2],
    ['y', ['--version', '-p'], undefined],
    // Ctrl-C.
    ['\u0003', [], 130],
  ] as const)('asks on a terminal, and does as it is told: %j', (keys, runs, exit) => {
    const at = surroundings()
    const words = [process.execPath, program, 'selftest', '--drill', '--client', at.client]
    const shown = execFileSync('python3', ['-c', onTerminal, keys, ...words], {
      cwd: at.cwd,
      env: environment({ ...at.env, TERM: 'xterm' }),
      encoding: 'utf8',
      timeout: 50_000,
    })
    const [, code, text] = /^exit (-?\d+)\n([\s\S]*)$/.exec(shown)!
    expect(text!.indexOf('no tokens are used')).toBeLessThan(text!.indexOf('Start the drill?'))
    expect(runsOf(at.root)).toEqual(runs)
    if (exit === undefined) expect([0, 3, 8]).toContain(Number(code))
    else expect(Number(code)).toBe(exit)
    expect(readdirSync(at.temporary)).toEqual([])
  })
})

/** Answers the question of a drill on a terminal; prints `exit <code>` and all that was shown. */
const onTerminal = `
import os, pty, signal, sys, time
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(40)
seen, answered = b'', False
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    seen += part
    if not answered and b'Start the drill?' in seen:
        answered = True
        time.sleep(0.3)
        os.write(terminal, sys.argv[1].encode() + (b'' if sys.argv[1] == chr(3) else b'\\r'))
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(b'exit %d\\n' % os.waitstatus_to_exitcode(status) + seen)
`

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
