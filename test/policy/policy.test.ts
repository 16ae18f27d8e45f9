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
history: { folder: ../history, keepDays: 400 }
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
      history: { folder: '../history', keepDays: 400 },
    })
    expect(unusedSections(policy, false)).toEqual([])
    const silent = { hooks: {}, plugins: {}, mcp: {}, evidence: {} }
    expect(unusedSections(Policy.parse(silent), false)).toEqual(['evidence', 'hooks', 'plugins'])
    expect(unusedSections(Policy.parse(silent), true)).toEqual(['hooks', 'plugins'])
    expect(unusedSections(Policy.parse({ ...silent, probe: {} }), true)).toEqual([])
    expect(unusedSections(Policy.parse({}), false)).toEqual([])
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
        'organisation: unknown key. Did you mean organization? Known keys: organization, scope, target, gates, sources, telemetry, hooks, plugins, permissions, mcp, claudeCode, claudeDesktop, collector, delivery, probe, evidence, waves, history.',
      ],
    ],
    [
      'scope: { stale: 3 }',
      ['scope.stale: unknown key. Known keys: staleAfterDays, appListMaximumAgeDays, expectDesktop, exclude.'],
    ],
    [
      'scope: { exclude: [{ groups: Kiosks, site: A, reason: x }] }',
      [
        'scope.exclude[0].groups: unknown key. Did you mean group? Known keys: group, department, site, platform, serial, hostname, email, reason, until.',
      ],
    ],
    ['target: { percent: 3 }', ['target.percent: unknown key. Known keys: coverage, by.']],
    ['sources: { folder: x }', ['sources.folder: unknown key. Known keys: path, map.']],
    ['scope: { staleAfterDays: thirty }', ['scope.staleAfterDays: must be a number, not a text']],
    ['scope: { staleAfterDays: 1.5 }', ['scope.staleAfterDays: must be a whole number']],
    ['scope: { expectDesktop: yes }', ['scope.expectDesktop: must be true or false, not a text']],
    ['scope: []', ['scope: must be keys with values, not a list']],
    ['- scope', ['(top level): must be keys with values, not a list']],
    ['just text', ['(top level): must be keys with values, not a text']],
    ['target: { by: 18.12.2026 }', ['target.by: must be a date such as 2026-12-18']],
    ['target: { by: 2026-02-30 }', ['target.by: must be a date such as 2026-12-18']],
    [
      'scope: { exclude: [{ group: A, reason: x }, { platform: ios, reason: x }] }',
      ['scope.exclude[1].platform: must be one of macos, windows, linux, other'],
    ],
    [
      'scope: { exclude: [{ reason: x, until: 2027-01-01 }] }',
      [
        'scope.exclude[0]: names nothing to leave out: add group, department, site, platform, serial, hostname or email',
      ],
    ],
    ['scope: { exclude: [{ group: A }] }', ['scope.exclude[0].reason: is missing']],
    ['scope: { exclude: [{ group: "  ", reason: x }] }', ['scope.exclude[0].group: is empty']],
    [
      'sources: { map: [{ hostname: Name }] }',
      ['sources.map[0]: needs serial, deviceId or hardwareUuid: endpoints are never joined by name alone'],
    ],
    ['gates: [Cowork OTEL]', ['gates[0]: use lower-case words joined by hyphens, such as cowork-otel']],
    ['gates: [cowork-otel, { id: a, level: must }]', ['gates[1].level: must be one of required, advised']],
    ['gates: [3]', ['gates[0]: must be the id of a gate, or a gate of your own']],
    ['gates: cowork-otel', ['gates: must be a list, such as [one, two], not a text']],
    ['history: true', ['history: must be false, or have the keys folder or keepDays']],
    ['history: .fleet', ['history: must be false, or have the keys folder or keepDays']],
    ['history: { folder: 3 }', ['history.folder: must be a text, not a number: write it in quotes']],
    ['history: { folder: "", keepDays: 0 }', ['history.folder: is empty', 'history.keepDays: must be at least 1']],
    ['history: { keep: 3 }', ['history.keep: unknown key. Known keys: folder, keepDays.']],
    ['waves: autopatch', ['waves: must be keys with values, not a text']],
    ['waves: { preset: five }', ['waves.preset: must be one of autopatch, fleet, two-phase']],
    ['waves: { preset: [5%, 10%] }', ['waves.preset: the shares must add up to 100 %']],
    [
      'waves: { preset: [5, 95%] }',
      [
        'waves.preset: mixes shares and numbers of endpoints: use one kind, such as ["5%", "15%", "80%"] or [10, 50, 200]',
      ],
    ],
    [
      'waves: { preset: [0, 5.5] }',
      [0, 1].map(
        (index) => `waves.preset[${index}]: is neither a share such as "5%" nor a number of endpoints such as 50`,
      ),
    ],
    [
      'waves: { blackouts: [{ from: 2026-12-20, to: 2026-12-01, reason: x }], start: 1999-01-01, startTime: "9:00" }',
      [
        'waves.start: is not a day of the years 2020 to 2100',
        'waves.startTime: is not a time such as "09:00"',
        'waves.blackouts[0]: ends before it begins',
      ],
    ],
    ['waves: { timeZones: { Lyon: "+02:00" } }', ['waves.timeZones.Lyon: is not a time zone such as Europe/Berlin']],
    [
      'waves: { capacity: { links: { Lyon: { megabitsPerSecond: 100 } } } }',
      ['waves.capacity: has links, and lacks installerMegabytes: what one installation downloads'],
    ],
    [
      'waves: { pinned: [{}] }',
      ['waves.pinned[0]: names nobody: add group, department, site, platform, serial, hostname or email'],
    ],
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

  const telemetry = 'endpoint: https://otel.example.com:4318'
  const servers = 'takes one of name, url, command'
  it.each([
    [
      `telemetry: { ${telemetry}, headers: { "X Team": env:A } }`,
      ['telemetry.headers["X Team"]: a header name is letters, digits and - . _, without blanks and colons'],
    ],
    [
      `telemetry: { ${telemetry}, resourceAttributes: { fleet.policy: x, service.name: x, "a b": x } }`,
      [
        'telemetry.resourceAttributes["fleet.policy"]: is the stamp that fleet sets itself',
        'telemetry.resourceAttributes["service.name"]: is a key that the client sets itself',
        'telemetry.resourceAttributes["a b"]: a key is lower-case letters and digits, joined by . _ or -',
      ],
    ],
    [`telemetry: { ${telemetry}, resourceAttributes: { site: "" } }`, ['telemetry.resourceAttributes.site: is empty']],
    ['telemetry: {}', ['telemetry.endpoint: is missing']],
    ['telemetry:', ['telemetry: is empty: it must be keys with values']],
    [
      `telemetry: { ${telemetry}, certificateAuthority: { macos: ca.pem, windows: ca.pem, linx: /x } }`,
      [
        'telemetry.certificateAuthority.macos: must be an absolute path of plain characters, such as /etc/otel/ca.pem',
        'telemetry.certificateAuthority.windows: must be an absolute path of plain characters, such as C:\\ProgramData\\otel\\ca.pem',
        'telemetry.certificateAuthority.linx: unknown key. Did you mean linux? Known keys: macos, linux, windows.',
      ],
    ],
    [
      'hooks: { required: [{ event: Stop, matcher: "a\\nb", command: /x }] }',
      ['hooks.required[0].matcher: holds a control character or line break'],
    ],
    [
      'hooks: { required: [{ event: Stop, comand: /x }] }',
      [
        'hooks.required[0].comand: unknown key. Did you mean command? Known keys: event, matcher, command, url, timeoutSeconds.',
      ],
    ],
    ['delivery: { mdm: jamf-pro }', ['delivery.mdm: must be a list, such as [ jamf-pro, intune ]']],
    [
      'delivery: { mdm: [iruu] }',
      [
        'delivery.mdm[0]: must be one of jamf-pro, intune, iru, fleetdm, workspace-one, group-policy, linux. Did you mean iru?',
      ],
    ],
    ['delivery: { mdm: [] }', ['delivery.mdm: is empty']],
    [
      'claudeCode: { minimumVersion: 2.1 }',
      ['claudeCode.minimumVersion: write it in quotes, three numbers such as "2.1.240"'],
    ],
    [
      'claudeCode: { minimumVersion: 2.1.240-beta }',
      ['claudeCode.minimumVersion: is not a version of three numbers, such as 2.1.240'],
    ],
    [
      'claudeDesktop: { minimumVersion: 1.24012.9-rc.1 }',
      ['claudeDesktop.minimumVersion: is not a version of three numbers, such as 1.24012.9'],
    ],
    ['claudeCode: { settings: { a: { b: [.inf] } } }', ['claudeCode.settings.a.b[0]: is no value that JSON can hold']],
    ['scope: { staleAfterDays: 1e99 }', ['scope.staleAfterDays: must be at most 3650']],
    ['scope: { staleAfterDays: .nan }', ['scope.staleAfterDays: must be a number']],
    ['mcp: { allowed: [{ name: a, url: "https://x.example" }] }', [`mcp.allowed[0]: ${servers}`]],
    ['mcp: { allowed: [{}, github] }', [`mcp.allowed[0]: ${servers}`, `mcp.allowed[1]: ${servers}`]],
    ['mcp: { allowed: [{ url: nowhere }] }', ['mcp.allowed[0].url: must be a URL pattern']],
    [
      'mcp: { allowed: [{ nam: a }] }',
      [
        'mcp.allowed[0].name: is missing',
        'mcp.allowed[0].nam: unknown key. Did you mean name? Known keys: name, command, url.',
      ],
    ],
    [
      'collector: { requiredAttributes: [A], clickhouse: { endpoint: "tcp://h:9000", database: a-b } }',
      [
        'collector.requiredAttributes[0]: a key is lower-case letters, digits, . _ or -',
        'collector.clickhouse.database: must be at most 63 letters, digits or _, no digit first',
      ],
    ],
    [
      'plugins: { marketplaces: [{ name: a, source: { git: "ssh://x" } }], approved: [{ plugin: p@a, version: latest }, { plugin: q@a, version: 2.1 }] }',
      [
        'plugins.marketplaces[0].source.git: must be an https or ssh address with the path of a repository, such as https://git.example.com/team/plugins.git',
        'plugins.approved[0].version: is not a version: it begins with a digit, such as 2.1.0',
        'plugins.approved[1].version: write it in quotes, such as "2.1.0"',
      ],
    ],
    [
      'plugins: { marketplaces: [{ name: a, source: { url: "https://x.example/m.json", ref: v1 } }] }',
      ['plugins.marketplaces[0].source.ref: does not go with the other keys here.'],
    ],
    [
      'plugins: { marketplaces: [{ name: a, source: { url: "https://x.example/m.json", github: a/b } }] }',
      ['plugins.marketplaces[0].source: takes one of github, git, url; ref and path go with github and git'],
    ],
    [
      'sources: { map: [{ serial: A, hostnam: B }] }',
      ['sources.map[0].hostnam: unknown key. Did you mean hostname? Known keys: …'],
    ],
  ])('is told in plain words: %s', async (text, expected) => {
    const told = (await mistakes(text)).map((line, at) =>
      expected[at]?.endsWith('…') ? line.replace(/(?<=Known keys: ).*/, '…') : line,
    )
    expect(told).toEqual(expected)
  })

  it.each(['\\n', '\\t', '\\u0007', '\\u0085', '\\u2028', '\\u202e', '\\u2066', '\\u200e', '\\u061c'])(
    'that is a name holds no %s',
    async (sign) => {
      const text = 'holds a control character, a line break or a mark that turns the reading direction'
      expect(await mistakes(`organization: "Ac${sign}me"`)).toEqual([`organization: ${text}`])
      expect(await mistakes(`scope: { exclude: [{ group: A, reason: "x${sign}y" }] }`)).toEqual([
        `scope.exclude[0].reason: ${text}`,
      ])
      expect(
        await mistakes(
          `plugins: { marketplaces: [{ name: a, source: { github: a/b } }], approved: [{ plugin: p@a, owner: "x${sign}y" }] }`,
        ),
      ).toEqual([`plugins.approved[0].owner: ${text}`])
    },
  )

  it('that is a name may be in any script', async () => {
    const { policy } = await load('organization: "Äcme עברית 日本 👩\\u200d💻"')
    expect(policy.organization).toBe('Äcme עברית 日本 👩\u200d💻')
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
      expect.stringMatching(/^gates\[0\]\.form: unknown key\. Did you mean from\? Known keys: id, /),
    ])
    expect(await mistakes(own('').replace('">=1.10.0"', '1.10'))).toEqual([
      'gates[0].requires[0]: must be a text, not a number: write it in quotes',
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
      'waves: { campaign: &why moved }\nscope: { exclude: [{ site: A, reason: *why }, { site: B, reason: *why }] }',
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
    'waves: { holidays: [2026-12-24, 2026-12-25] }',
    'waves: { holidays: [2026-12-25, 2026-12-24] }',
  ])('is another for another policy: %s', async (text) => {
    expect(await digestOf(text)).not.toBe(await digestOf(''))
    expect(await digestOf('waves: { holidays: [2026-12-24, 2026-12-25] }')).not.toBe(
      await digestOf('waves: { holidays: [2026-12-25, 2026-12-24] }'),
    )
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
