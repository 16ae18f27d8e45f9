import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../../src/policy/load-policy.js'
import { Policy, unusedSections } from '../../src/policy/policy.js'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function load(text: string): Promise<LoadedPolicy> {
  const file = join(folder, `policy-${files++}.yaml`)
  await writeFile(file, text)
  return loadPolicy(file)
}

async function failureOf(loading: Promise<unknown>): Promise<Failure> {
  const error: unknown = await loading.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

/** What is wrong with a policy, as the user is told. */
async function mistakes(text: string): Promise<readonly string[]> {
  const { code, exit, details, message } = await failureOf(load(text))
  expect([code, exit]).toEqual(['policy-invalid', 4])
  const { tryThis = [], where } = details
  expect(message).toBe(`The policy has ${tryThis.length === 1 ? 'a mistake' : `${tryThis.length} mistakes`}.`)
  expect(tryThis[0]?.startsWith(`${where?.path}: `)).toBe(true)
  return tryThis
}

const defaults = {
  scope: { staleAfterDays: 30, appListMaximumAgeDays: 30, expectDesktop: false, exclude: [] },
  target: { coverage: 95 },
  sources: { map: [] },
}

describe('without keys, or without a file, a policy', () => {
  it('has a default for everything that scan needs', async () => {
    const none = await loadPolicy(undefined)
    expect(none).toEqual({ policy: defaults, digest: none.digest, folder: '.' })
    for (const text of ['', '---\n', '# only a comment\n', '{}', 'scope: {}\ntarget: {}\nsources: {}\n', 'null']) {
      const loaded = await load(text)
      expect(loaded).toEqual({ ...none, file: loaded.file, folder })
    }
  })
})

describe('every key', () => {
  it('is taken as written', async () => {
    const { policy } = await load(`
organization: " Acme "
scope:
  staleAfterDays: 14
  appListMaximumAgeDays: 7
  expectDesktop: true
  exclude:
    - { group: Kiosks, department: d, site: s, platform: windows, serial: x1, hostname: h, email: e, reason: no user, until: 2027-06-30 }
target: { coverage: 97.5, by: 2026-12-18 }
gates: [cowork-otel, { id: plugin-hooks-windows, level: advised }]
sources:
  path: exports
  map: [{ serial: Asset Serial, desktop.version: Claude Ver }]
waves: { preset: autopatch }
`)
    expect(policy).toEqual({
      organization: 'Acme',
      scope: {
        staleAfterDays: 14,
        appListMaximumAgeDays: 7,
        expectDesktop: true,
        exclude: [
          {
            group: 'Kiosks',
            department: 'd',
            site: 's',
            platform: 'windows',
            serial: 'x1',
            hostname: 'h',
            email: 'e',
            reason: 'no user',
            until: '2027-06-30',
          },
        ],
      },
      target: { coverage: 97.5, by: '2026-12-18' },
      gates: ['cowork-otel', { id: 'plugin-hooks-windows', level: 'advised' }],
      sources: { path: 'exports', map: [{ serial: 'Asset Serial', 'desktop.version': 'Claude Ver' }] },
      waves: { preset: 'autopatch' },
    })
    expect(unusedSections(policy)).toEqual(['waves'])
    expect(unusedSections(Policy.parse({ hooks: {}, plugins: {}, mcp: {} }))).toEqual(['hooks', 'plugins'])
    expect(unusedSections(Policy.parse({}))).toEqual([])
  })

  it.each([
    ['scope: { staleAfterDays: 1 }', 'scope: { staleAfterDays: 0 }'],
    ['scope: { staleAfterDays: 3650 }', 'scope: { staleAfterDays: 3651 }'],
    ['scope: { appListMaximumAgeDays: 1 }', 'scope: { appListMaximumAgeDays: 0 }'],
    ['scope: { appListMaximumAgeDays: 3650 }', 'scope: { appListMaximumAgeDays: 3651 }'],
    ['target: { coverage: 0 }', 'target: { coverage: -0.1 }'],
    ['target: { coverage: 100 }', 'target: { coverage: 100.1 }'],
    [`organization: ${'a'.repeat(200)}`, `organization: ${'a'.repeat(201)}`],
  ])('has its limits: %s is good, the next is not', async (good, bad) => {
    await expect(load(good)).resolves.toBeDefined()
    expect(await mistakes(bad)).toHaveLength(1)
  })

  it.each([
    [
      'organisation: Acme',
      [
        'organisation: unknown key. Known keys: organization, scope, target, gates, sources, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop, collector, delivery, waves.',
      ],
    ],
    [
      'scope: { stale: 3 }',
      ['scope.stale: unknown key. Known keys: staleAfterDays, appListMaximumAgeDays, expectDesktop, exclude.'],
    ],
    [
      'scope: { exclude: [{ groups: Kiosks, site: A, reason: x }] }',
      [
        'scope.exclude[0].groups: unknown key. Known keys: group, department, site, platform, serial, hostname, email, reason, until.',
      ],
    ],
    ['target: { percent: 3 }', ['target.percent: unknown key. Known keys: coverage, by.']],
    ['sources: { folder: x }', ['sources.folder: unknown key. Known keys: path, map.']],
    ['scope: { staleAfterDays: thirty }', ['scope.staleAfterDays: Invalid input: expected number, received string']],
    ['scope: { staleAfterDays: 1.5 }', ['scope.staleAfterDays: Invalid input: expected int, received number']],
    ['scope: { expectDesktop: yes }', ['scope.expectDesktop: Invalid input: expected boolean, received string']],
    ['scope: []', ['scope: Invalid input: expected object, received array']],
    ['- scope', ['(top level): Invalid input: expected object, received array']],
    ['just text', ['(top level): Invalid input: expected object, received string']],
    ['target: { by: 18.12.2026 }', ['target.by: Invalid ISO date']],
    ['target: { by: 2026-02-30 }', ['target.by: Invalid ISO date']],
    [
      'scope: { exclude: [{ group: A, reason: x }, { platform: ios, reason: x }] }',
      ['scope.exclude[1].platform: Invalid option: expected one of "macos"|"windows"|"linux"|"other"'],
    ],
    [
      'scope: { exclude: [{ reason: x, until: 2027-01-01 }] }',
      [
        'scope.exclude[0]: names nothing to leave out: add group, department, site, platform, serial, hostname or email',
      ],
    ],
    [
      'scope: { exclude: [{ group: A }] }',
      ['scope.exclude[0].reason: Invalid input: expected string, received undefined'],
    ],
    [
      'scope: { exclude: [{ group: "  ", reason: x }] }',
      ['scope.exclude[0].group: Too small: expected string to have >=1 characters'],
    ],
    [
      'sources: { map: [{ hostname: Name }] }',
      ['sources.map[0]: needs serial, deviceId or hardwareUuid: endpoints are never joined by name alone'],
    ],
    ['gates: [Cowork OTEL]', ['gates[0]: use lower-case words joined by hyphens, such as cowork-otel']],
    [
      'gates: [cowork-otel, { id: a, level: must }]',
      ['gates[1].level: Invalid option: expected one of "required"|"advised"'],
    ],
    ['gates: [3]', ['gates[0]: Invalid input: expected object, received number']],
    ['gates: cowork-otel', ['gates: Invalid input: expected array, received string']],
    ['waves: autopatch', ['waves: Invalid input: expected object, received string']],
    [
      'a: 1\nscope: { b: 1, staleAfterDays: 0 }',
      expect.arrayContaining([
        expect.stringMatching(/^a: unknown key/),
        expect.stringMatching(/^scope\.b: unknown key/),
      ]),
    ],
  ])('that is wrong is told with its path and what is allowed: %s', async (text, expected) => {
    expect(await mistakes(text)).toEqual(expected)
  })

  it('of a gate of your own is checked like those of the catalogue', async () => {
    const own = (changes: string) => `
gates:
  - id: own-gate
    title: Own
    product: claude-desktop
    platforms: [macos]
    requires: [">=1.10.0"]
    why: because
    source: https://example.org
    checked: 2026-08-01
    level: required
${changes}`
    const { policy } = await load(own(''))
    expect(policy.gates?.[0]).toMatchObject({ id: 'own-gate', requires: ['>=1.10.0'], except: [] })
    expect(await mistakes(own('    form: x'))).toEqual([
      expect.stringMatching(/^gates\[0\]\.form: unknown key\. Known keys: id, /),
    ])
    expect(await mistakes(own('').replace('">=1.10.0"', '1.10'))).toEqual([
      'gates[0].requires[0]: Invalid input: expected string, received number',
    ])
    expect(await mistakes(own('').replace('">=1.10.0"', '"*"'))).toEqual(
      expect.arrayContaining(['gates[0].requires[0]: would allow every version']),
    )
  })
})

describe('YAML', () => {
  it.each([
    ['scope: {}\nscope: {}', 2, 'duplicate key'],
    ['target:\n  coverage: 1\n  coverage: 2', 3, 'duplicate key'],
    ['scope: [', 1, ''],
    ['a: b: c', 1, ''],
    ['ok: 1\n---\nother: 2', 2, 'multiple docs'],
    ['? [a]\n: 1', 1, 'non string key'],
    ['scope:\n\tstaleAfterDays: 1', 2, 'tab as indent'],
  ])('%j is refused at line %i', async (text, line, why) => {
    const { code, exit, message, details } = await failureOf(load(text))
    expect([code, exit, details.where?.line]).toEqual(['policy-not-yaml', 4, line])
    expect(message).toContain(why)
    expect(details.tryThis).toHaveLength(1)
  })

  it('never shows the text of the policy: it may hold a secret', async () => {
    const { message, details } = await failureOf(load('headers: "s3cret\nfoo: [s3cret'))
    expect(JSON.stringify([message, details])).not.toContain('s3cret')
  })

  it('with aliases that multiply is refused', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let depth = 1; depth < 12; depth++)
      lines.push(
        `a${depth}: &a${depth} [${Array(10)
          .fill(`*a${depth - 1}`)
          .join(', ')}]`,
      )
    const { code, message } = await failureOf(load(lines.join('\n')))
    expect([code, message]).toEqual([
      'policy-not-yaml',
      'The policy uses a YAML alias without its anchor, or too many aliases.',
    ])
  })

  it('with an alias of nothing is refused', async () => {
    expect((await failureOf(load('organization: *missing'))).code).toBe('policy-not-yaml')
  })

  it('with a few aliases is fine', async () => {
    const { policy } = await load(
      'waves: { why: &why moved }\nscope: { exclude: [{ site: A, reason: *why }, { site: B, reason: *why }] }',
    )
    expect(policy.scope.exclude.map(({ reason }) => reason)).toEqual(['moved', 'moved'])
  })

  it('dates and words stay text', async () => {
    const { policy } = await load(
      'target: { by: 2026-12-18 }\norganization: yes\nscope: { exclude: [{ site: "01", reason: no }] }',
    )
    expect([policy.target.by, policy.organization, policy.scope.exclude[0]]).toEqual([
      '2026-12-18',
      'yes',
      { site: '01', reason: 'no' },
    ])
  })

  it('cannot reach the prototypes of the language', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    expect(
      (await failureOf(load('__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }'))).code,
    ).toBe('policy-invalid')
    expect((await failureOf(load('waves: { __proto__: { polluted: true } }'))).code).toBe('policy-invalid')
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect('polluted' in {}).toBe(false)
  })
})

describe('the digest', () => {
  const digestOf = async (text: string) => (await load(text)).digest

  it('is the same for the same policy, however it is written', async () => {
    const digest = await digestOf('scope: { staleAfterDays: 14, expectDesktop: true }\ntarget: { coverage: 90 }\n')
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(
      await digestOf(
        '# why\ntarget:\n  coverage: 90.0 # percent\nscope:\n  expectDesktop: true\n  staleAfterDays: 14\n',
      ),
    ).toBe(digest)
    expect(
      await digestOf('{"target":{"coverage":90},"scope":{"staleAfterDays":14,"expectDesktop":true,"exclude":[]}}'),
    ).toBe(digest)
    expect(await digestOf('')).toBe((await loadPolicy(undefined)).digest)
  })

  it.each([
    'scope: { staleAfterDays: 31 }',
    'target: { coverage: 95.1 }',
    'gates: []',
    'waves: {}',
    'waves: { a: [1, 2] }',
    'waves: { a: [2, 1] }',
  ])('is another for another policy: %s', async (text) => {
    expect(await digestOf(text)).not.toBe(await digestOf(''))
    expect(await digestOf('waves: { a: [1, 2] }')).not.toBe(await digestOf('waves: { a: [2, 1] }'))
  })
})

describe('the file', () => {
  it('that is not there, or is a folder, is wrong use', async () => {
    for (const file of [join(folder, 'none.yaml'), folder]) {
      const { code, exit, details } = await failureOf(loadPolicy(file))
      expect([code, exit, details.where]).toEqual(['policy-not-found', 2, { file }])
    }
  })

  it('may have a megabyte and no more', async () => {
    const comment = (bytes: number) => `#${'x'.repeat(bytes - 2)}\n`
    await expect(load(comment(1024 * 1024))).resolves.toBeDefined()
    expect((await failureOf(load(comment(1024 * 1024 + 1)))).code).toBe('policy-too-large')
  })

  it('is found in the first folder that has one', async () => {
    const [empty, first, second] = ['empty', 'first', 'second'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    for (const path of [empty, first, second]) await mkdir(path)
    await mkdir(join(empty, 'fleet.yaml'))
    await writeFile(join(first, 'fleet.yaml'), '')
    await writeFile(join(second, 'fleet.yaml'), '')
    expect(await findPolicy([empty, first, second])).toBe(join(first, 'fleet.yaml'))
    expect(await findPolicy([empty, join(folder, 'none')])).toBeUndefined()
    expect(await findPolicy([])).toBeUndefined()
  })
})

it('refuses a key that would be lost without a word', async () => {
  expect(await mistakes('claudeCode: { settings: { hooks: [ { "__proto__": 1 } ] } }')).toEqual([
    'claudeCode.settings.hooks[0].__proto__: a key of this name cannot be used.',
  ])
})
