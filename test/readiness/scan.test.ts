import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/gates/catalogue.js'
import { states } from '../../src/readiness/verdict.js'
import { documentOf, scanFiles } from '../builders/scanning.js'

const deviceHeader = 'Device ID,Device name,Last check-in,OS,Serial number,Category,Ownership'
const appHeader = 'ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationVersion,DeviceId'
const device = (id: string, serial: string, changes: { seen?: string; department?: string; name?: string } = {}) =>
  [
    id,
    changes.name ?? `HOST-${id}`,
    changes.seen ?? '2026-11-18T07:41:10Z',
    'Windows',
    serial,
    changes.department ?? 'Finance',
    'Corporate',
  ].join(',')
const claude = (id: string, version: string) => `k,Claude,"Anthropic, PBC",${version},${id}`
const reader = (id: string) => `k,Reader,Example,1,${id}`
const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

const files = {
  'devices.csv': text(
    deviceHeader,
    device('1', 'EXAMPLE1'),
    device('2', 'EXAMPLE2', { department: 'Design' }),
    device('3', 'EXAMPLE3', { department: 'Kiosks' }),
    device('4', 'EXAMPLE4', { seen: '2026-09-01T00:00:00Z' }),
    device('5', 'EXAMPLE5'),
    ',NO-ID,2026-11-18T07:41:10Z,Windows,,Finance,Corporate',
  ),
  'apps.csv': text(
    appHeader,
    claude('1', '1.30096.1'),
    claude('2', '1.0.1'),
    reader('1'),
    reader('2'),
    reader('3'),
    reader('5'),
    'k,Claude for Excel,"Anthropic, PBC",1,5',
  ),
  'notes.txt': 'nothing to see here',
}
const policy = {
  scope: {
    exclude: [
      { department: 'Kiosks', reason: 'no user' },
      { department: 'Finance', reason: 'audit', until: '2026-01-01' },
    ],
  },
  plugins: {},
}

describe('a scan', () => {
  it('tells the digest of each file as it stands, in whatever encoding', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(files['devices.csv'], 'utf16le')])
    const { sources } = documentOf(await scanFiles({ 'devices.csv': utf16 }))
    expect(sources).toMatchObject([{ encoding: 'utf-16le', sha256: sha256(utf16) }])
  })

  it('joins files, judges every endpoint, and says what it left out', async () => {
    const result = await scanFiles(files, { policy })
    const document = documentOf(result)
    expect(document.endpoints.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'EXAMPLE1 ready',
      'EXAMPLE2 upgrade',
      'EXAMPLE3 excluded',
      'EXAMPLE4 stale',
      'EXAMPLE5 excluded',
    ])
    expect(document.states).toEqual({ excluded: 2, stale: 1, unknown: 0, install: 0, upgrade: 1, repair: 0, ready: 1 })
    expect(document.coverage).toMatchObject({
      ready: 1,
      met: false,
      missing: 2,
      managed: { of: 5 },
      inScope: { of: 3, percent: 33.3 },
      active: { of: 2, percent: 50 },
    })
    expect(document.sources).toEqual([
      {
        file: 'devices.csv',
        format: 'intune-all-devices',
        encoding: 'utf-8',
        sha256: sha256(files['devices.csv']),
        records: 6,
        counted: 5,
        rejected: 1,
        rejectedBy: { 'no-identity': 1 },
      },
      {
        file: 'apps.csv',
        format: 'intune-app-inventory',
        encoding: 'utf-8',
        sha256: sha256(files['apps.csv']),
        records: 7,
        counted: 7,
        rejected: 0,
      },
      {
        file: 'notes.txt',
        records: 0,
        counted: 0,
        rejected: 0,
        problem: expect.objectContaining({ code: 'unknown-format' }),
      },
    ])
    expect(document.rejected).toEqual([{ file: 'devices.csv', record: 6, line: 7, reason: 'no-identity' }])
    expect(document.lookAlikes).toEqual([{ name: 'Claude for Excel', why: 'office-add-in', rows: 1 }])
    expect(document.warnings.map(({ code }) => code)).toEqual([
      'rejected-no-identity',
      'unknown-format',
      'exclusion-expired',
      'policy-section-unused',
    ])
    expect(document).toMatchObject({
      schema: 'fleet.scan/v1',
      asOf: '2026-11-20T00:00:00Z',
      policy: { staleAfterDays: 30, expectDesktop: false },
    })
    expect(document.gates.map(({ id }) => id).sort()).toEqual(catalogue.map(({ id }) => id).sort())
  })

  it('adds up: states, breakdowns and gates have every endpoint once', async () => {
    const { endpoints, states: counts, breakdown, gates } = documentOf(await scanFiles(files, { policy }))
    expect(states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)).toBe(endpoints.length)
    for (const rows of Object.values(breakdown))
      expect(rows.reduce((sum, { coverage }) => sum + coverage.managed.of, 0)).toBe(endpoints.length)
    for (const gate of gates) expect(gate.pass + gate.fail + gate.unknown + gate.notApplicable).toBe(endpoints.length)
  })

  it('gives endpoints their receipts and where their attributes come from', async () => {
    const [endpoint] = documentOf(await scanFiles(files)).endpoints
    expect(endpoint).toMatchObject({
      id: 'EXAMPLE1',
      serial: 'EXAMPLE1',
      hostname: 'HOST-1',
      platform: 'windows',
      department: 'Finance',
      groups: ['Finance'],
      lastSeen: '2026-11-18T07:41:10Z',
      desktop: {
        status: 'installed',
        version: '1.30096.1',
        normal: '1.30096.1',
        receipt: { file: 'apps.csv', record: 1, field: 'ApplicationVersion', value: '1.30096.1' },
      },
      code: { status: 'absent', receipt: { file: 'apps.csv', record: 1 } },
      reasons: [],
      records: [
        {
          file: 'devices.csv',
          record: 1,
          product: 'intune',
          deviceId: '1',
          serial: 'EXAMPLE1',
          lastSeen: '2026-11-18T07:41:10Z',
          apps: 'none',
        },
        { file: 'apps.csv', record: 1, product: 'intune', deviceId: '1', apps: 'complete' },
      ],
      origins: { serial: 0, hostname: 0, platform: 0, department: 0, groups: 0, lastSeen: 0 },
    })
    expect(endpoint?.desktop).not.toHaveProperty('copies')
    expect(endpoint).not.toHaveProperty('extensionAttributes')
    expect(endpoint).not.toHaveProperty('email')
    expect(endpoint?.gates.every(({ result }) => ['pass', 'fail', 'unknown', 'not-applicable'].includes(result))).toBe(
      true,
    )
  })

  it('tells of several copies, of versions that cannot be read, and of lists that disagree', async () => {
    const iru = (version: string) =>
      `serial_number,device_name,blueprint_name,os_version,user,platform,app_name,bundle_id,version\n` +
      `EXAMPLE1,A,B,26.1,U,Mac,Claude,com.anthropic.claudefordesktop,${version}\nEXAMPLE1,A,B,26.1,U,Mac,Safari,com.apple.Safari,18\nEXAMPLE1,A,B,26.1,U,Mac,Mail,com.apple.mail,18\n`
    const document = documentOf(await scanFiles({ 'a.csv': iru('No value'), 'b.csv': iru('1.1.4173') }))
    expect(document.endpoints[0]?.desktop).toMatchObject({
      version: '1.1.4173',
      normal: '1.1.4173',
      disagreement: true,
    })
    expect(document.endpoints[0]?.desktop.copies?.map((copy) => [copy.version, copy.normal, copy.startable])).toEqual([
      ['1.1.4173', '1.1.4173', true],
      ['No value', undefined, true],
    ])
    expect(document.joins).toEqual({
      acrossProducts: 0,
      duplicates: 0,
      disagreements: 1,
      examples: { acrossProducts: [], duplicates: [], disagreements: ['EXAMPLE1'] },
    })
    const single = documentOf(await scanFiles({ 'a.csv': iru('No value') }))
    expect(single.endpoints[0]?.desktop).toMatchObject({ version: 'No value', reason: 'no-value' })
    expect(single.endpoints[0]?.desktop).not.toHaveProperty('normal')
    expect(single.versions).toEqual([
      {
        product: 'claude-desktop',
        version: 'No value',
        readable: false,
        endpoints: 1,
        belowRequired: 0,
        unknownRequired: 1,
      },
    ])
  })

  it('names five endpoints of each kind that came together, the first ones by id', async () => {
    const serials = ['G', 'A', 'F', 'B', 'E', 'C', 'D'].map((letter) => `${letter}${letter}123`)
    const twice = serials.flatMap((serial, index) => [
      device(`${index}-new`, serial, { name: 'SAME' }),
      device(`${index}-old`, serial, { name: 'SAME', seen: '2026-01-01T00:00:00Z' }),
    ])
    const hosts = serials.map((serial, index) => ({
      id: index,
      hardware_serial: serial,
      hostname: 'x',
      platform: 'windows',
      seen_time: '2026-11-18T00:00:00Z',
    }))
    const { joins } = await scanFiles({
      'devices.csv': text(deviceHeader, ...twice),
      'hosts.json': JSON.stringify({ hosts }),
    })
    const ids = ['AA123', 'BB123', 'CC123', 'DD123', 'EE123']
    expect(joins).toEqual({
      acrossProducts: 7,
      duplicates: 7,
      disagreements: 0,
      examples: { acrossProducts: ids, duplicates: ids, disagreements: [] },
    })
  })

  it('tells of serial numbers that are not unique', async () => {
    const rows = [device('1', 'SHARED01', { name: 'A' }), device('2', 'SHARED01', { name: 'B' })]
    const document = documentOf(await scanFiles({ 'devices.csv': text(deviceHeader, ...rows) }))
    expect(document.sharedIdentities).toEqual([{ kind: 'serial', value: 'SHARED01', why: 'several-active-records' }])
    expect(document.endpoints.map(({ id }) => id)).toEqual(['intune:1', 'intune:2'])
    expect(document.warnings.map(({ code }) => code)).toEqual(['serial-not-unique'])
  })

  it('adds look-alikes of several files up, the most frequent first', async () => {
    const apps = (...names: readonly string[]) =>
      text(appHeader, ...names.map((name) => `k,${name},Somebody,1,1`), reader('1'), reader('2'))
    const { lookAlikes } = await scanFiles({
      'a.csv': apps('Claude B', 'Claude A'),
      'b.csv': apps('Claude C', 'Claude B'),
    })
    expect(lookAlikes).toEqual([
      { name: 'Claude B', why: 'other-vendor', rows: 2 },
      { name: 'Claude A', why: 'other-vendor', rows: 1 },
      { name: 'Claude C', why: 'other-vendor', rows: 1 },
    ])
  })

  it('goes on after a file that cannot be read, unless it is told to stop', async () => {
    const three = { 'a.txt': 'nothing', 'b.csv': files['devices.csv'], 'c.csv': files['apps.csv'] }
    expect((await scanFiles(three)).files.map(({ file }) => file)).toEqual(['a.txt', 'b.csv', 'c.csv'])
    expect((await scanFiles(three, { stopAtProblem: true })).files.map(({ file }) => file)).toEqual(['a.txt'])
    const good = { 'b.csv': files['devices.csv'], 'c.csv': files['apps.csv'] }
    expect((await scanFiles(good, { stopAtProblem: true })).files).toHaveLength(2)
  })

  it('takes the age of app lists and of check-ins from the policy', async () => {
    const scope = { staleAfterDays: 365, appListMaximumAgeDays: 2 }
    const prism = text(
      'device_id,device__name,serial_number,name,bundle_id,version,last_collected_at',
      '1,A,EXAMPLE1,Claude,com.anthropic.claudefordesktop,1.30096.1,2026-11-17T00:00:00Z',
      '1,A,EXAMPLE1,Safari,com.apple.Safari,18,2026-11-17T00:00:00Z',
      '1,A,EXAMPLE1,Mail,com.apple.mail,18,2026-11-17T00:00:00Z',
    )
    const statusOf = async (policyScope: object) =>
      documentOf(await scanFiles({ 'prism.csv': prism }, { policy: { scope: policyScope } })).endpoints[0]?.desktop
        .status
    expect([await statusOf({}), await statusOf(scope)]).toEqual(['installed', 'unknown'])
    const old = await scanFiles({ 'devices.csv': files['devices.csv'] }, { policy: { scope } })
    expect(old.summary.states.stale).toBe(0)
  })

  it('gives the same endpoints as often as asked', async () => {
    const result = await scanFiles(files)
    const ids = () => [...result.endpoints()].map(({ endpoint, verdict }) => `${endpoint.id} ${verdict.state}`)
    expect(ids()).toEqual(ids())
    expect(ids()).toHaveLength(5)
  })

  it('of nothing is empty and not met', async () => {
    const document = documentOf(await scanFiles({}))
    expect(document).toMatchObject({
      endpoints: [],
      sources: [],
      warnings: [],
      coverage: { met: false, missing: 0, managed: { of: 0, percent: null } },
    })
  })

  it('keeps files that could not be opened or were left out', async () => {
    const unreadable = [{ name: 'x.csv', code: 'input-not-found', message: 'Not there.' }]
    const skipped = [{ name: '.hidden', reason: 'hidden' }]
    const result = await scanFiles({}, { unreadable, skipped })
    expect([result.unreadable, result.skipped]).toEqual([unreadable, skipped])
    expect(result.warnings.map(({ code, strict }) => [code, strict])).toEqual([['input-not-found', true]])
  })
})
