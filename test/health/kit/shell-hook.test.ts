import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shellHook } from '../../../src/health/kit/hook-files.js'
import { hookMachine, hookShells, policyEndpoint, says } from './hook-machine.js'

const bash = {
  session_id: '3f6c2d1e-0000-4000-8000-000000000001',
  cwd: '/home/somebody/secret-project',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'ls -l' },
  tool_use_id: 'toolu_01',
}
function linkInstead(file: string) {
  rmSync(file, { force: true })
  writeFileSync(`${file}.x`, 'unsure allow\n')
  symlinkSync(`${file}.x`, file)
}

function pipeInstead(file: string) {
  rmSync(file, { force: true })
  spawnSync('mkfifo', [file])
}

function folderInstead(file: string) {
  rmSync(file, { force: true })
  mkdirSync(file)
}

const isRoot = process.getuid?.() === 0
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

it('is a script that every shell reads, and that shellcheck has nothing to say about', () => {
  const script = shellHook('macos', 'deny')
  expect(script).toMatch(/^[\n -~]+$/)
  expect(script).toContain("configuration='/etc/fleet/hook.conf'")
  expect(script).toContain("unsure='deny'")
  expect(script).not.toContain('@@')
  for (const [name = '', ...flags] of hookShells)
    expect(spawnSync(name, [...flags, '-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
  if (!hasShellcheck) return
  const { stdout } = spawnSync('shellcheck', ['--norc', '-'], { input: script, encoding: 'utf8' })
  expect(stdout).toBe('')
})

describe.each(hookShells)('under %s', (...shell) => {
  it('refuses what the list names, records each event, and says nothing to what is allowed', async () => {
    const { run, recorded } = hookMachine('# rules\n\nunsure deny\nkeep 20\ndeny Bash rm -rf\ndeny mcp__github__*\n')
    const ask = (event: unknown) => run(event, { shell })
    expect(await ask(bash)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await ask({ ...bash, tool_input: { command: 'rm -rf /' } })).toMatchObject({
      status: 0,
      stderr: '',
      decision: 'deny',
      reason: 'Refused by rule 1 of the hook of your organisation.',
    })
    expect(await ask({ ...bash, tool_name: 'mcp__github__delete_repo' })).toMatchObject({ decision: 'deny' })
    expect(await ask({ ...bash, tool_name: 'mcp__github' })).toMatchObject({ stdout: '' })
    expect(await ask({ ...bash, tool_name: 'Bashful', tool_input: 'rm -rf' })).toMatchObject({ stdout: '' })
    expect(await ask({ ...bash, hook_event_name: 'PostToolUse', tool_response: 'rm -rf' })).toMatchObject({
      stdout: '',
    })
    expect(await ask({ hook_event_name: 'SessionStart' })).toMatchObject({ stdout: '' })
    expect(recorded().map(({ event, tool, verdict, status }) => [event, tool, verdict, status])).toEqual([
      ['PreToolUse', 'Bash', 'allow', undefined],
      ['PreToolUse', 'Bash', 'deny', undefined],
      ['PreToolUse', 'mcp__github__delete_repo', 'deny', undefined],
      ['PreToolUse', 'mcp__github', 'allow', undefined],
      ['PreToolUse', 'Bashful', 'allow', undefined],
      ['PostToolUse', 'Bash', 'allow', undefined],
      ['SessionStart', 'none', 'allow', undefined],
    ])
    const newest = Date.parse(recorded().at(-1)?.at ?? '')
    expect(Math.abs(Date.now() - newest)).toBeLessThan(60_000)
  })

  it.each([
    ['allow', says(200, { decision: 'allow', reason: 'x' }), undefined, undefined, 'allow', 200],
    ['deny', says(200, { decision: 'deny', reason: 'Not here.' }), 'deny', 'Not here.', 'deny', 200],
    ['ask', says(201, { decision: 'ask' }), 'ask', 'The policy of your organisation says so.', 'ask', 201],
    ['a refusal', says(401, { decision: 'allow' }), 'deny', /endpoint/, 'error', 401],
    ['a failure', says(500, 'oops'), 'deny', /endpoint/, 'error', 500],
    ['a redirect', says(302, { decision: 'allow' }), 'deny', /endpoint/, 'error', 302],
    ['no JSON', says(200, '<html>'), 'deny', /endpoint/, 'error', 200],
    ['an empty answer', says(200, ''), 'deny', /endpoint/, 'error', 200],
    ['another word', says(200, { decision: 'allowed' }), 'deny', /endpoint/, 'error', 200],
    ['a decision further in', says(200, { a: { decision: 'allow' } }), 'deny', /endpoint/, 'error', 200],
    ['two decisions', says(200, '{"decision":"allow","decision":"deny"}'), 'deny', /policy/, 'deny', 200],
    ['a torn answer', says(200, '{"decision":"allow"'), 'deny', /endpoint/, 'error', 200],
    ['a huge answer', says(200, `{"decision":"allow","x":"${'x'.repeat(70_000)}"}`), 'deny', /endpoint/, 'error', 200],
  ])('does what the policy endpoint says: %s', async (_, answer, decision, reason, verdict, status) => {
    const endpoint = await policyEndpoint(answer)
    const { run, recorded } = hookMachine(`unsure deny\nevaluate ${endpoint.url}\ntimeout 5\n`)
    const result = await run(bash, { shell })
    expect(result).toMatchObject({ status: 0, stderr: '' })
    expect(result.decision).toBe(decision)
    if (reason instanceof RegExp) expect(result.reason).toMatch(reason)
    else expect(result.reason).toBe(reason)
    expect(recorded()).toMatchObject([{ verdict, status }])
    expect(endpoint.asked).toHaveLength(1)
  })

  it('waits no longer than it was told, and does not swallow an endless answer', async () => {
    const slow = await policyEndpoint(() => undefined)
    const endless = await policyEndpoint((response) => {
      response.writeHead(200)
      const more = () => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more)
      }
      more()
    })
    for (const [url, whenUnsure, verdict] of [
      [slow.url, 'deny', 'timeout'],
      [slow.url, 'allow', 'timeout'],
      [endless.url, 'deny', 'error'],
      ['http://127.0.0.1:9/', 'deny', 'error'],
    ] as const) {
      const { run, recorded } = hookMachine(`unsure ${whenUnsure}\nevaluate ${url}\ntimeout 1\n`)
      const result = await run(bash, { shell })
      expect(result.decision).toBe(whenUnsure === 'deny' ? 'deny' : undefined)
      expect(recorded()).toMatchObject([{ verdict }])
      const [{ milliseconds } = { milliseconds: -1 }] = recorded()
      expect(milliseconds).toBeLessThan(5000)
      if (verdict === 'timeout') expect(milliseconds).toBeGreaterThan(900)
    }
  })
})

describe('the question to the policy endpoint', () => {
  it('holds names and a size, and nothing of what people do', async () => {
    const endpoint = await policyEndpoint(says(200, { decision: 'allow' }))
    const { run } = hookMachine(`unsure deny\nevaluate ${endpoint.url}\n`)
    await run({ ...bash, tool_name: 'mcp__a b"\\c', tool_use_id: undefined })
    const [question] = endpoint.asked
    expect(JSON.parse(question?.body ?? '')).toEqual({
      schema: 'fleet.hook-event/v1',
      event: 'PreToolUse',
      tool: 'mcp__a_b__c',
      session: bash.session_id,
      toolUse: '',
      bytes: JSON.stringify({ ...bash, tool_name: 'mcp__a b"\\c', tool_use_id: undefined }).length,
    })
    expect(question?.headers).toMatchObject({ 'content-type': 'application/json' })
    expect(question?.headers.authorization).toBeUndefined()
    expect(JSON.stringify(question)).not.toMatch(/secret-project|somebody|ls -l/)
  })

  it('carries the header of the authorization file, and is not asked where that cannot be trusted', async () => {
    const endpoint = await policyEndpoint(says(200, { decision: 'allow' }))
    const machine = hookMachine()
    const file = join(machine.folder, 'etc', 'authorization')
    machine.configure(`unsure deny\nevaluate ${endpoint.url}\nauthorization-file ${file}\n`)
    const verdicts = async (text: string | undefined, mode = 0o644) => {
      rmSync(file, { force: true })
      if (text !== undefined) writeFileSync(file, text)
      if (text !== undefined) chmodSync(file, mode)
      const { decision, reason } = await machine.run(bash)
      return [decision, reason, endpoint.asked.at(-1)?.headers.authorization]
    }
    expect(await verdicts('Bearer abc.def-ghi\r\nmore\n')).toEqual([undefined, undefined, 'Bearer abc.def-ghi'])
    for (const [text, mode] of [
      [undefined],
      [''],
      ['Bearer "x"'],
      ['Bearer x', 0o666],
      ['x'.repeat(4001)],
      ['Bearer \u00e9'],
    ] as const) {
      const [decision, reason] = await verdicts(text, mode)
      expect([decision, reason]).toEqual(['deny', expect.stringContaining('authorization')])
    }
    expect(endpoint.asked).toHaveLength(1)
  })

  it('is not asked about other events, nor where the list refuses already', async () => {
    const endpoint = await policyEndpoint(says(200, { decision: 'allow' }))
    const { run, recorded } = hookMachine(`unsure deny\nevaluate ${endpoint.url}\ndeny *\n`)
    await run(bash)
    await run({ ...bash, hook_event_name: 'PostToolUse' })
    expect(endpoint.asked).toEqual([])
    expect(recorded().map(({ verdict, status }) => [verdict, status])).toEqual([
      ['deny', undefined],
      ['allow', undefined],
    ])
  })

  it('is answered with a reason that can be shown: plain, short, and never more than a text', async () => {
    const reason = `\u001b[31mNo "\\"\n\t\u202e\u00e9${'x'.repeat(300)}`
    const endpoint = await policyEndpoint(says(200, { decision: 'deny', reason }))
    const shown = (await hookMachine(`unsure allow\nevaluate ${endpoint.url}\n`).run(bash)).reason ?? ''
    expect(shown).toMatch(/^\?\[31mNo "\\" {2}\?+x+$/)
    expect(shown).toHaveLength(200)
    const escaped = JSON.stringify({ decision: 'deny', reason: 'a"\\b' }).replace('"a', '"\\u0061\\/\\u000a')
    const other = await policyEndpoint(says(200, escaped))
    expect(await hookMachine(`unsure allow\nevaluate ${other.url}\n`).run(bash)).toMatchObject({ reason: 'a/ "\\b' })
  })

  it('ignores the settings of curl that a person made', async () => {
    const endpoint = await policyEndpoint(says(200, { decision: 'deny' }))
    const machine = hookMachine(`unsure allow\nevaluate ${endpoint.url}\n`)
    writeFileSync(join(machine.home, '.curlrc'), 'url = "http://127.0.0.1:9/"\nmax-time = 0.001\n')
    const environment = { http_proxy: 'http://127.0.0.1:9', CURL_HOME: machine.home }
    expect(await machine.run(bash, { environment })).toMatchObject({ decision: 'deny' })
  })
})

describe('a configuration that cannot be trusted', () => {
  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['writable by the group', (file: string) => chmodSync(file, 0o664)],
    ['writable by all', (file: string) => chmodSync(file, 0o646)],
    ['in a folder that all can write to', (file: string) => chmodSync(dirname(file), 0o777)],
    ['a link', linkInstead],
    ['a pipe', pipeInstead],
    ['a folder', folderInstead],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['without the answer for doubt', (file: string) => writeFileSync(file, 'keep 5\ndeny Write\n')],
    ['with an unknown line', (file: string) => writeFileSync(file, 'unsure allow\nallow Bash\n')],
    ['with two of one', (file: string) => writeFileSync(file, 'unsure allow\nkeep 5\nkeep 6\n')],
    ['with a bad number', (file: string) => writeFileSync(file, 'unsure allow\nkeep 501\n')],
    ['with a bad tool', (file: string) => writeFileSync(file, 'unsure allow\ndeny Ba*sh\n')],
    ['with a rule without its text', (file: string) => writeFileSync(file, 'unsure allow\ndeny Bash \n')],
    ['with plain HTTP', (file: string) => writeFileSync(file, 'unsure allow\nevaluate http://policy.example.com/\n')],
    [
      'with plain HTTP to a name',
      (file: string) => writeFileSync(file, 'unsure allow\nevaluate http://127.0.0.1.example.com/\n'),
    ],
    ['with another scheme', (file: string) => writeFileSync(file, 'unsure allow\nevaluate file:///etc/passwd\n')],
    ['with a quote in the address', (file: string) => writeFileSync(file, 'unsure allow\nevaluate https://x/"\n')],
  ])('%s: the answer is the one that was built in', async (_, spoil) => {
    for (const whenUnsure of ['deny', 'allow'] as const) {
      const machine = hookMachine('unsure allow\n', { whenUnsure })
      spoil(machine.configuration)
      const result = await machine.run(bash)
      expect([result.status, result.decision]).toEqual([0, whenUnsure === 'deny' ? 'deny' : undefined])
      expect((await machine.run({ ...bash, hook_event_name: 'Stop' })).stdout).toBe('')
      expect(machine.recorded()).toMatchObject([
        { event: 'PreToolUse', verdict: 'error' },
        { event: 'Stop', verdict: 'error' },
      ])
    }
  })

  it('belongs to somebody else', async () => {
    const machine = hookMachine('unsure allow\n', { administratorId: 4_000_000 })
    expect(await machine.run(bash)).toMatchObject({
      decision: 'deny',
      reason: expect.stringContaining('configuration'),
    })
  })

  it('may have the line ends of Windows', async () => {
    const machine = hookMachine('unsure allow\r\n# x\r\n\r\ndeny Bash ls -l\r\n')
    expect(await machine.run(bash)).toMatchObject({ reason: expect.stringContaining('rule 1') })
  })
})

describe('the record', () => {
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1)

  it('is for the person alone, holds one line for each time, and stays short', async () => {
    const machine = hookMachine('unsure deny\nkeep 3\n')
    for (let i = 1; i <= 14; i++) {
      await machine.run({ ...bash, tool_name: `T${i}` })
      expect(lines(machine.record).length).toBeLessThan(6)
      expect(machine.recorded()).toHaveLength(lines(machine.record).length)
      expect(machine.recorded().at(-1)?.tool).toBe(`T${i}`)
      expect(machine.recorded().length).toBeGreaterThanOrEqual(Math.min(i, 3))
    }
    expect(statSync(machine.record).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(machine.record)).mode & 0o777).toBe(0o700)
    expect(readdirSync(dirname(machine.record))).toEqual(['hook-record'])
  })

  it('survives many sessions at once', async () => {
    const machine = hookMachine('unsure deny\nkeep 4\n')
    const tools = Array.from({ length: 60 }, (_, index) => `T${index}`)
    for (let at = 0; at < tools.length; at += 20)
      await Promise.all(tools.slice(at, at + 20).map((tool_name) => machine.run({ ...bash, tool_name })))
    expect(machine.recorded()).toHaveLength(lines(machine.record).length)
    expect(new Set(machine.recorded().map(({ tool }) => tool)).size).toBe(machine.recorded().length)
    expect(machine.recorded().length).toBeGreaterThanOrEqual(4)
    expect(machine.recorded().length).toBeLessThan(40)
    expect(readdirSync(dirname(machine.record))).toEqual(['hook-record'])
  })

  it('is brought in order again after a run that was killed, or after somebody else wrote into it', async () => {
    const machine = hookMachine('unsure deny\nkeep 2\n')
    await machine.run(bash)
    const folder = dirname(machine.record)
    mkdirSync(`${machine.record}.lock`)
    writeFileSync(join(folder, '.hook-record-abcdef'), 'left behind')
    writeFileSync(machine.record, `${'x'.repeat(1000)}\n\u0007\n\n`, { flag: 'a' })
    for (let i = 0; i < 8; i++) await machine.run(bash)
    expect(lines(machine.record).length).toBeLessThan(8)
    expect(machine.recorded()).toHaveLength(lines(machine.record).length)
    expect(readdirSync(folder)).toEqual(['hook-record'])
  })

  it.each([
    ['a link', (record: string) => symlinkSync('/dev/full', record)],
    ['a link to a file', linkInstead],
    ['a pipe', pipeInstead],
    ['a folder', folderInstead],
  ])('that is %s is left alone, and work goes on', async (_, make) => {
    const machine = hookMachine('unsure deny\ndeny Write\n')
    mkdirSync(dirname(machine.record), { recursive: true })
    make(machine.record)
    expect(await machine.run(bash)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await machine.run({ ...bash, tool_name: 'Write' })).decision).toBe('deny')
    if (existsSync(`${machine.record}.x`)) expect(readFileSync(`${machine.record}.x`, 'utf8')).toBe('unsure allow\n')
  })

  it.each([
    ['no home', () => ({ HOME: undefined })],
    ['an empty home', () => ({ HOME: '' })],
    ['a home that is not there', (home: string) => ({ HOME: join(home, 'nowhere') })],
    ['a relative home', () => ({ HOME: 'home' })],
    ['a home that is a file', (home: string) => ({ HOME: join(home, '../etc/hook.conf') })],
    ['a home of somebody else', () => ({ HOME: isRoot ? '/var/empty' : '/root' })],
    ['a system folder as home', () => ({ HOME: '/proc' })],
  ])('is left out with %s', async (_, environment) => {
    const machine = hookMachine('unsure deny\ndeny Write\n')
    const options = { environment: environment(machine.home) }
    expect(await machine.run(bash, options)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await machine.run({ ...bash, tool_name: 'Write' }, options)).decision).toBe('deny')
    expect(machine.recorded()).toEqual([])
  })

  it('is not written through a folder that is a link', async () => {
    const machine = hookMachine('unsure deny\n')
    const other = join(machine.folder, 'other')
    mkdirSync(other)
    mkdirSync(join(machine.home, '.local/state'), { recursive: true })
    symlinkSync(other, dirname(machine.record))
    expect((await machine.run(bash)).status).toBe(0)
    expect(readdirSync(other)).toEqual([])
  })

  it('tells whole seconds where date knows no more', async () => {
    const machine = hookMachine('unsure deny\n')
    const change = (script: string) => script.replace(' %s %N', ' %s N')
    await machine.run(bash, { change })
    expect([0, 1000]).toContain(machine.recorded()[0]?.milliseconds)
    const endpoint = await policyEndpoint(
      (response) => void setTimeout(() => says(200, { decision: 'allow' })(response), 150),
    )
    machine.configure(`unsure deny\nevaluate ${endpoint.url}\n`)
    await machine.run(bash, { change })
    expect(machine.recorded()[1]?.milliseconds).toBeGreaterThanOrEqual(150)
    expect(machine.recorded()[1]?.milliseconds).toBeLessThan(900)
  })
})

it('denies, where the policy says so, even without a tool that it needs', async () => {
  const machine = hookMachine('unsure deny\n', { whenUnsure: 'deny' })
  const without = (tool: string) => (script: string) =>
    script.replace('umask 077', `umask 077\n${tool}() { return 127; }`)
  for (const tool of ['awk', 'find', 'head', 'tr'])
    expect((await machine.run(bash, { change: without(tool) })).decision).toBe('deny')
  expect(machine.recorded().map(({ verdict }) => verdict)).toEqual(['error', 'error', 'error', 'error'])
  expect(await machine.run(bash, { change: without('date') })).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(machine.recorded()).toHaveLength(4)
})

it.each([
  ['is not there', 'return 127'],
  ['says nothing of its own', 'printf 200'],
])('records that no answer came where curl %s', async (_, body) => {
  const machine = hookMachine('unsure allow\nevaluate http://127.0.0.1:9/\n')
  const change = (script: string) => script.replace('umask 077', `umask 077\ncurl() { ${body}; }`)
  for (const shell of hookShells) expect(await machine.run(bash, { shell, change })).toMatchObject({ stdout: '' })
  expect(machine.recorded().map(({ verdict, status }) => [verdict, status])).toEqual(hookShells.map(() => ['error', 0]))
})

it('decides and answers, and records nothing, where it is tried by hand', async () => {
  const machine = hookMachine('unsure allow\ndeny Bash\n')
  const tried = await machine.run(bash, { environment: { FLEET_HOOK_TRIAL: '1' } })
  expect(tried).toMatchObject({ status: 0, decision: 'deny' })
  expect(existsSync(dirname(machine.record))).toBe(false)
  await machine.run(bash, { environment: { FLEET_HOOK_TRIAL: '0' } })
  expect(machine.recorded()).toHaveLength(1)
})
