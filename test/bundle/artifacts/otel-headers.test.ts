import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { otelHeaders } from '../../../src/bundle/artifacts/otel-headers.js'
import { bundlePaths, endpointPlaces } from '../../../src/bundle/places.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { planOf } from '../../builders/plan.js'
import { commonTools, isRoot, type Sandbox, sandbox, shells, withTools } from '../scripts/shell-sandbox.js'

const endpoint = 'https://otel.example.com'
const plan = planOf({ telemetry: { endpoint, headers: { Authorization: 'env:TOKEN', 'x-team': 'plain:fin ops' } } })
const contents = new Map(otelHeaders.files(plan).map(({ path, content }) => [path, String(content)]))
const install = contents.get(bundlePaths.headersInstall('linux')) ?? ''
const helper = contents.get(bundlePaths.headersHelper('linux')) ?? ''
const token = 'Bearer canary-4711'
const group = isRoot ? 'root' : String(process.getgid?.() ?? 0)

function headersFile(root: string): string {
  return join(root, endpointPlaces.linux.headersFile)
}

function put({ run, root }: Sandbox, input: string, ...parameters: string[]) {
  return run(install, [...(parameters.length > 0 ? parameters : ['everyone']), '--root', root], { input })
}

/** The helper as it is on an endpoint whose root folder is ours. */
function helperIn(root: string): string {
  const here = helper
    .replace(`file=${endpointPlaces.linux.headersFile}`, `file=${headersFile(root)}`)
    .replace('owner=0', `owner=${process.getuid?.() ?? 0}`)
  expect(here).toContain(`file=${headersFile(root)}\n`)
  return here
}

describe('the helper for headers', () => {
  it('is made only where headers are secret and none is resolved', () => {
    expect(otelHeaders.files(plan).map(({ path, mode, secret }) => [path, mode, secret])).toEqual([
      ['claude-code/headers/otel-headers.sh', 0o755, false],
      ['claude-code/headers/install-otel-headers.sh', 0o755, false],
      ['claude-code/headers/otel-headers.ps1', 0o644, false],
      ['claude-code/headers/Install-OtelHeaders.ps1', 0o644, false],
    ])
    expect(otelHeaders.files(planOf({}))).toEqual([])
    expect(otelHeaders.files(planOf({ telemetry: { endpoint, headers: { 'x-team': 'plain:fin' } } }))).toEqual([])
    const secrets = new Map([['Authorization', new Secret(token)]])
    expect(otelHeaders.files({ ...plan, secrets })).toEqual([])
  })

  it('is embedded in its installer, byte for byte', () => {
    for (const file of otelHeaders.files(plan).filter(({ readBack }) => readBack !== undefined)) {
      expect(file.readBack?.(Buffer.from(String(file.content)))).toEqual(file.data)
      const platform = file.path.endsWith('.ps1') ? 'windows' : 'linux'
      expect((file.data as { helper: string }).helper).toBe(contents.get(bundlePaths.headersHelper(platform)))
      expect((file.data as { policy: string }).policy).toBe('Authorization:\nx-team:fin ops\n')
    }
  })

  it.each(shells)('passes the syntax check of %s', (...shell) => {
    for (const script of [install, helper])
      expect(sandbox().run(script, [], { shell: [...shell, '-n'] })).toMatchObject({ status: 0, stderr: '' })
  })

  it('passes shellcheck, where that is installed', ({ skip }) => {
    if (spawnSync('shellcheck', ['--version']).status !== 0) skip('shellcheck is not installed')
    const { root } = sandbox()
    for (const script of [install, helper]) {
      writeFileSync(join(root, 'script.sh'), script)
      expect(spawnSync('shellcheck', [join(root, 'script.sh')], { encoding: 'utf8' }).stdout).toBe('')
    }
  })

  it.each(shells)('prints what was installed, under %s', (...shell) => {
    const { root, run } = sandbox()
    const result = run(install, ['everyone', '--root', root], { input: `Authorization: ${token}\r\n\n`, shell })
    expect(result.status).toBe(0)
    expect(result.stderr).toBe('install-otel-headers: Warning: every local user can read these headers.\n')
    const printed = run(helperIn(root), [], { shell })
    expect(printed).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(printed.stdout)).toEqual({ Authorization: token, 'x-team': 'fin ops' })
  })

  it.skipIf(!isRoot)('prints for the person who is logged in, if that person may read', () => {
    const box = sandbox()
    expect(put(box, `Authorization: ${token}`).status).toBe(0)
    expect(box.run(helperIn(box.root), [], { asNobody: true }).status).toBe(0)
    expect(put(box, `Authorization: ${token}`, 'root').status).toBe(0)
    expect(box.run(helperIn(box.root), [], { asNobody: true })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'otel-headers: the headers file cannot be read by this user.\n',
    })
  })

  it('prints nothing where there is no file', () => {
    const { root, run } = sandbox()
    expect(run(helperIn(root), [])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'otel-headers: there is no headers file.\n',
    })
  })

  it('prints nothing from a file that others can have written', () => {
    const spoil: Record<string, (file: string) => void> = {
      'writable by all': (file) => chmodSync(file, 0o646),
      'writable by the group': (file) => chmodSync(file, 0o664),
      'a link': (file) => {
        renameSync(file, `${file}.real`)
        symlinkSync(`${file}.real`, file)
      },
      'no JSON': (file) => writeFileSync(file, 'Authorization: x'),
      empty: (file) => writeFileSync(file, ''),
      ...(isRoot && { 'of somebody else': (file) => chownSync(file, 65534, 0) }),
    }
    for (const [name, change] of Object.entries(spoil)) {
      const box = sandbox()
      put(box, `Authorization: ${token}`)
      change(headersFile(box.root))
      const result = box.run(helperIn(box.root), [])
      expect([name, result.status, result.stdout]).toEqual([name, 1, ''])
      expect(result.stderr).toMatch(/^otel-headers: [a-z A-Z,]+\.\n$/)
    }
  })
})

describe('the installer for headers', () => {
  it('lets the administrator choose who can read them', () => {
    const box = sandbox()
    const modes = () =>
      [
        headersFile(box.root),
        join(box.root, endpointPlaces.linux.headersHelper),
        join(headersFile(box.root), '..'),
      ].map((path) => (statSync(path).mode & 0o7777).toString(8))
    expect(put(box, `Authorization: ${token}`, group)).toMatchObject({ status: 0, stderr: '' })
    expect(modes()).toEqual(['640', '755', '755'])
    expect(put(box, '', '--check', group)).toMatchObject({ status: 0, stdout: 'in place\n' })
    expect(put(box, '', '--check')).toMatchObject({ status: 0, stdout: 'in place\n' })
    expect(put(box, '', '--check', 'everyone').status).toBe(1)
    expect(put(box, `Authorization: ${token}`, group).stdout).toMatch(/^unchanged: .*\nunchanged: .*\n$/)
    expect(put(box, `Authorization: ${token}`, 'everyone').status).toBe(0)
    expect(modes()).toEqual(['644', '755', '755'])
    expect(put(box, '', '--check', group).status).toBe(1)
    expect(put(box, '', '--check', 'everyone').status).toBe(0)
    expect(put(box, `Authorization: ${token}`, 'no-such-group')).toMatchObject({ status: 1, stdout: '' })
    expect(modes()).toEqual(['644', '755', '755'])
  })

  it.each([
    [
      'lines',
      `authorization: ${token}\nx-other:  a "quoted" \\ value: with, all  \n`,
      { authorization: token, 'x-team': 'fin ops', 'x-other': 'a "quoted" \\ value: with, all' },
    ],
    [
      'JSON',
      `\n{ "Authorization" : "${token}",\r\n\t"X-Team": "own", "x-slash": "a\\/b \\"c\\" \\\\" }\n`,
      { Authorization: token, 'X-Team': 'own', 'x-slash': 'a/b "c" \\' },
    ],
    [
      'odd names',
      `Authorization: ${token}\n!#$%&'*+.^_\`|~-: $(touch x) \`touch x\`\n`,
      { Authorization: token, "!#$%&'*+.^_`|~-": '$(touch x) `touch x`', 'x-team': 'fin ops' },
    ],
  ])('takes %s', (_, input, expected) => {
    const box = sandbox()
    expect(put(box, input).status).toBe(0)
    expect(JSON.parse(readFileSync(headersFile(box.root), 'utf8'))).toEqual(expected)
    expect(put(box, '', '--check', 'everyone')).toMatchObject({ status: 0, stdout: 'in place\n' })
    expect(box.strayFiles()).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['a header of the policy that is missing', 'x-other: canary-4711'],
    ['an empty value', 'Authorization:  '],
    ['a line without a colon', 'Bearer canary-4711'],
    ['a name with a blank', `Authorization : canary-4711`],
    ['a name with a quote', `"Authorization": canary-4711`],
    ['no name', `: canary-4711`],
    ['one twice', `Authorization: canary-4711\nAUTHORIZATION: b`],
    ['a value that is not ASCII', 'Authorization: canary-4711 é'],
    ['a control character', 'Authorization: canary-4711\u0007'],
    ['a carriage return inside', 'Authorization: canary-4711\rX-Evil: 1'],
    ['a byte order mark', '\ufeffAuthorization: canary-4711'],
    ['a long value', `Authorization: canary-4711${'x'.repeat(9000)}`],
    ['a flood', `Authorization: canary-4711\n${'x: y\n'.repeat(20_000)}`],
    ['a JSON list', '["canary-4711"]'],
    ['JSON with a number', '{"Authorization": 4711}'],
    ['nested JSON', '{"Authorization": {"canary-4711": "x"}}'],
    ['JSON with a line break', '{"Authorization": "canary-4711\\nX-Evil: 1"}'],
    ['JSON with an escape', '{"Authorization": "canary-4711\\u0041"}'],
    ['JSON with a trailing comma', '{"Authorization": "canary-4711",}'],
    ['two objects', '{"Authorization": "canary-4711"}{}'],
    ['JSON that is cut off', '{"Authorization": "canary-4711'],
    ['an empty object', '{}'],
  ])('refuses %s, and tells no value', (_, input) => {
    const box = sandbox()
    const result = put(box, input)
    expect(result).toMatchObject({ status: 1, stdout: '' })
    expect(result.stderr).toMatch(/^install-otel-headers: [^\n]+\n$/)
    expect(result.stderr).not.toContain('4711')
    expect(readdirSync(box.root)).toEqual([])
    expect(box.strayFiles()).toEqual([])
  })

  it.each([[[]], [['everyone', 'staff']], [['--install']], [['a:b']], [['']], [['everyone', '--root']]])(
    'refuses to be called with %j',
    (parameters) => {
      const { run, strayFiles } = sandbox()
      expect(run(install, parameters, { input: `Authorization: ${token}` })).toMatchObject({ status: 2, stdout: '' })
      expect(strayFiles()).toEqual([])
    },
  )

  it('tells what is not in place', () => {
    const spoil: Record<string, (root: string) => void> = {
      'another helper': (root) => writeFileSync(join(root, endpointPlaces.linux.headersHelper), '#!/bin/sh\n'),
      'the helper is not there': (root) => chmodSync(join(root, endpointPlaces.linux.headersHelper), 0o644),
      'the headers file is not there': (root) => chmodSync(headersFile(root), 0o666),
      'does not hold the headers of the policy': (root) => writeFileSync(headersFile(root), '{"x-team": "fin ops"}\n'),
      'was not written by this script': (root) =>
        writeFileSync(headersFile(root), `{"Authorization":"${token}", "x-team":"fin ops"}\n`),
    }
    for (const [text, change] of Object.entries(spoil)) {
      const box = sandbox()
      expect(put(box, '', '--check').status).toBe(1)
      put(box, `Authorization: ${token}`)
      change(box.root)
      const result = put(box, '', '--check')
      expect(result.status).toBe(1)
      expect(result.stdout).toContain(`differs: `)
      expect(result.stdout).toContain(text)
      expect(result.stdout + result.stderr).not.toContain('4711')
      expect(put(box, `Authorization: ${token}`).status).toBe(0)
      expect(put(box, '', '--check').status).toBe(0)
    }
  })

  it('keeps the old file when the new one cannot be written', () => {
    const box = sandbox()
    put(box, 'Authorization: old')
    const before = readFileSync(headersFile(box.root), 'utf8')
    for (const fakes of [
      { mv: 'exit 1' },
      { cat: 'case $1 in */headers) exec head -c 3 "$1" ;; esac\nexec /bin/cat "$@"' },
    ]) {
      const script = withTools(install, [...commonTools, 'base64', 'sha256sum', 'head'], fakes)
      const result = box.run(script, ['everyone', '--root', box.root], { input: `Authorization: ${token}` })
      expect(result).toMatchObject({ status: 1, stdout: '' })
      expect(readFileSync(headersFile(box.root), 'utf8')).toBe(before)
      expect(readdirSync(join(headersFile(box.root), '..'))).toEqual(['otel-headers.json'])
    }
  })

  it('needs root where there is no --root', () => {
    const { run } = sandbox()
    expect(run(install, ['everyone'], { input: `Authorization: ${token}`, asNobody: true })).toMatchObject({
      status: 1,
      stdout: '',
    })
    expect(run(install, ['--check'], { asNobody: true })).toMatchObject({ status: 2, stdout: '' })
    expect(existsSync(endpointPlaces.linux.headersFile)).toBe(false)
  })

  it('writes every header that HTTP allows (law)', { timeout: 120_000 }, () => {
    const name = fc.string({ unit: fc.constantFrom(..."abcxyzABCXYZ019!#$%&'*+.^_`|~-"), minLength: 1, maxLength: 20 })
    const value = fc
      .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1 })
      .map((text) => text.trim())
      .filter((text) => text !== '')
    const headers = fc.uniqueArray(fc.tuple(name, value), {
      selector: ([key]) => key.toLowerCase(),
      minLength: 1,
      maxLength: 4,
    })
    const box = sandbox()
    fc.assert(
      fc.property(headers, fc.boolean(), (pairs, asJson) => {
        const given = [
          ...pairs.filter(([key]) => !/^(?:authorization|x-team)$/i.test(key)),
          ['Authorization', token] as [string, string],
        ]
        const input = asJson
          ? JSON.stringify(Object.fromEntries(given))
          : given.map(([key, text]) => `${key}: ${text}`).join('\n')
        expect(put(box, input).status).toBe(0)
        expect(JSON.parse(readFileSync(headersFile(box.root), 'utf8'))).toEqual({
          ...Object.fromEntries(given),
          'x-team': 'fin ops',
        })
      }),
      { numRuns: 15 },
    )
  })

  it('holds what the policy says in base64 only', () => {
    const other = planOf({
      telemetry: { endpoint, headers: { 'X-Zebra': 'file:/etc/zebra-secret', 'x-team': `plain:"';$(touch x)` } },
    })
    const outside = (text: string) =>
      text
        .replace(/<<'FLEET_DATA'\n[\s\S]*?\nFLEET_DATA\n/, '')
        .replace(/\$Policy = @'\n[\s\S]*?\n'@\n/, '')
        .replace(/^(?:policy_digest=|\$PolicyDigest = ').*$/m, '')
    for (const { path, content } of otelHeaders.files(other))
      expect(outside(String(content))).toBe(outside(contents.get(path) ?? ''))
  })
})
