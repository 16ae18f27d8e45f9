import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  asOf,
  expectQuietTerminal,
  failureOf,
  fleet,
  folderWith,
  type Run,
  shell,
  temporaryFolder,
} from './run-fleet.js'
import { apps, csvText, deviceId, devices } from './small-company.js'

/** 3,000 endpoints: the document is larger than any buffer of a pipe. */
let large: string
beforeAll(() => {
  const rows = Array.from({ length: 3000 }, (_, index) => {
    const name = `N${String(index).padStart(5, '0')}`
    return [deviceId(index), name, ...devices[1]!.slice(2, 6), name, ...devices[1]!.slice(7)]
  })
  large = folderWith({ 'devices.csv': csvText([devices[0]!, ...rows]), 'apps.csv': csvText(apps) })
})

const small = () => folderWith({ 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })

describe('a reader that goes away', () => {
  it.each([
    'scan . --json',
    'scan . --format ndjson',
    'scan . --format csv',
    'scan .',
    'gates --json',
    '--help',
    'help scan',
    'scan --nope --json',
  ])('fleet %s | head -1 ends quietly', async (words) => {
    const run = await shell(`fleet ${words} | head -1 >/dev/null; echo "exit \${PIPESTATUS[0]}"`, { cwd: large })
    expect(run.err).toBe('')
    expect(run.out).toBe(words.includes('--nope') ? 'exit 2\n' : 'exit 0\n')
  })

  it('keeps the exit code of the result, and finishes the file', async () => {
    const cwd = small()
    const run = await shell(
      `fleet scan . --as-of 2026-11-20 --fail-under 90 -o scan.ndjson --json | true; echo "exit \${PIPESTATUS[0]}"`,
      { cwd },
    )
    expect(run.out).toBe('exit 3\n')
    expect(readFileSync(join(cwd, 'scan.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(7)
  })

  it('may be stderr', async () => {
    const run = await shell('fleet scan . --as-of 2026-11-20 -o x.json 2> >(true) >/dev/null; echo "exit $?"', {
      cwd: small(),
    })
    expect(run.out).toBe('exit 0\n')
  })
})

describe('streams that are closed', () => {
  it.each(['scan . --as-of 2026-11-20 --json', '--help'])('fleet %s ends as usual', async (words) => {
    const run = await shell(
      `for closed in '>&-' '2>&-' '<&-' '<&- >&- 2>&-'; do eval "fleet ${words} $closed" >/dev/null; echo "exit $?"; done`,
      { cwd: small() },
    )
    expect(run.err).toBe('')
    expect(run.out).toBe('exit 0\n'.repeat(4))
  })
})

describe('a full disk', () => {
  it.each(['scan . --json', 'scan .', 'gates', '--help', 'help scan'])(
    'fleet %s > /dev/full is told once and ends with 5',
    async (words) => {
      const run = await shell(`fleet ${words} >/dev/full; echo "exit $?"`, { cwd: small() })
      expect(run.out).toBe('exit 5\n')
      expect(run.err).toMatch(/^Error: .*disk is full\.\n {2}→ .+\n$/)
      expectQuietTerminal(run)
    },
  )

  it('on stderr does not hurt the result', async () => {
    const cwd = small()
    const run = await shell('fleet scan . --as-of 2026-11-20 --json -o x.json 2>/dev/full && echo done >&2', { cwd })
    expect(run.err).toBe('done\n')
    expect(run.out).toBe(readFileSync(join(cwd, 'x.json'), 'utf8'))
  })
})

describe('a large result', () => {
  it('arrives whole through a slow pipe, and is the file that --output writes', async () => {
    // Outside of the folder that is scanned: the other run would find it there.
    const copyFile = join(temporaryFolder(), 'copy.json')
    const [piped, file] = await Promise.all([
      shell('fleet scan . --as-of 2026-11-20 --json | (sleep 1; cat)', { cwd: large }),
      fleet(['scan', '.', ...asOf, '--output', copyFile], { cwd: large }),
    ])
    expect(file!.exit).toBe(0)
    const copy = readFileSync(copyFile, 'utf8')
    expect(piped!.out.length).toBeGreaterThan(2_000_000)
    expect(piped!.out === copy).toBe(true)
    expect((JSON.parse(copy) as { endpoints: unknown[] }).endpoints).toHaveLength(3000)
    expect(piped!.err).toBe('')
  })
})

describe('--json on failure', () => {
  const files = {
    'devices.csv': csvText(devices),
    'apps.csv': csvText(apps),
    'login.html': '<html><body>Sign in</body></html>',
    'bad.yaml': 'nope: 1\n',
    'scan.json': '{}',
  }

  it.each<[string[], number]>([
    [['scan'], 2],
    [['scan', '--nope'], 2],
    [['scan', 'devices.csv', '--as-of', 'today'], 2],
    [['scan', 'devices.csv', '--policy', 'bad.yaml'], 4],
    [['scan', 'login.html'], 4],
    [['scan', 'devices.csv', '--output', 'nowhere/x.json'], 5],
    [['explain'], 2],
    [['explain', 'x', 'scan.json'], 4],
    [['gates', '--policy', 'bad.yaml'], 4],
    [['sources', 'nope'], 2],
    [['nope'], 2],
    [['help', 'nope'], 2],
  ])('fleet %j ends with %i either way', async (words, exit) => {
    const cwd = folderWith(files)
    const [plain, json] = await Promise.all([fleet(words, { cwd }), fleet([...words, '--json'], { cwd })])
    expect([plain!.exit, plain!.out]).toEqual([exit, ''])
    expect(plain!.err).toMatch(/^Error: /)
    expect(plain!.err.length).toBeLessThan(2500)
    const failure = failureOf(json!)
    expect(failure.exit).toBe(exit)
    expect(failure.code).toMatch(/^[a-z][a-z-]+$/)
    expect(failure.message).toMatch(/\w/)
    expect(json!.out.length).toBeLessThan(4000)
  })

  it('names the command that was meant', async () => {
    const [scan, explain, nothing] = await Promise.all([
      fleet(['scna']),
      fleet(['explan', '--json']),
      fleet(['frobnicate']),
    ])
    expect(scan!.err).toMatch(/scna(.|\n)*fleet scan/)
    expect(failureOf(explain!).tryThis?.join()).toContain('fleet explain')
    expect(nothing!.err).toContain('fleet help')
    expect([scan!.exit, explain!.exit, nothing!.exit]).toEqual([2, 2, 2])
  })
})

describe('the environment', () => {
  const runs = [
    ['scan', '.', ...asOf],
    ['scan', '.', ...asOf, '--json'],
    ['scan', '--nope', '--json'],
  ]
  let cwd: string
  let plain: Run[]
  beforeAll(async () => {
    cwd = small()
    plain = await Promise.all(runs.map((words) => fleet(words, { cwd })))
  })

  it.each<Record<string, string>>([
    { NODE_ENV: 'development', DEBUG: '*', CI: 'true', COLUMNS: '40', OCLIF_COLUMNS: '40' },
    { NODE_ENV: 'test', FORCE_COLOR: '3', NO_COLOR: '', COLORTERM: 'truecolor', TERM: 'xterm-256color' },
    {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      HOME: '/nonexistent',
      XDG_CACHE_HOME: '/x',
    },
  ])('%j changes nothing', async (env) => {
    const others = await Promise.all(runs.map((words) => fleet(words, { cwd, env })))
    for (const [index, other] of others.entries()) expect(other, runs[index]!.join(' ')).toEqual(plain[index])
  })

  it('needs no folder to write to', async () => {
    const run = await shell('cd / && fleet scan "$HERE" --as-of 2026-11-20 --json | head -c 30', {
      cwd: temporaryFolder(),
      env: { HERE: small(), HOME: '/proc', TMPDIR: '/proc' },
    })
    expect(run.out).toContain('fleet.scan/v1')
    expect(run.err).toBe('')
  })
})

describe('signals', () => {
  it.each([
    ['INT', 130],
    ['TERM', 143],
  ])('SIG%s ends a run with %i, without a word', async (signal, exit) => {
    const run = await shell(
      `sleep 5 2>/dev/null | "$FLEET_NODE" "$FLEET_PROGRAM" scan - & pid=$!
       sleep 1
       kill -${signal} $pid; wait $pid 2>/dev/null; echo "exit $?"`,
    )
    expect(run.out).toBe(`exit ${exit}\n`)
    expect(run.err).toBe('')
  })
})
