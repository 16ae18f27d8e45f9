import { describe, expect, it } from 'vitest'
import type { ProductStatus } from '../../src/inventory/endpoint.js'
import { Failure } from '../../src/platform/failure.js'
import { Mapping, MappingField, mappedSource, parseMapping } from '../../src/sources/mapping.js'
import { readFileOf } from '../builders/reading.js'

const inShort = (status: ProductStatus) =>
  status.status === 'installed' ? status.deciding.version : status.status === 'absent' ? 'absent' : status.reason

function failureOf(texts: readonly string[]): Failure {
  try {
    parseMapping(texts)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('no failure')
}

describe('--map', () => {
  it.each([
    [['serial=Asset Serial'], { serial: 'Asset Serial' }],
    [['serial=S,desktop.version=Claude Ver'], { serial: 'S', 'desktop.version': 'Claude Ver' }],
    [['serial=S', 'hostname=Name'], { serial: 'S', hostname: 'Name' }],
    [[' SERIAL = "Asset, Serial" , hostname="Name" '], { serial: 'Asset, Serial', hostname: 'Name' }],
    [['serial=Serial, no,hostname=N'], { serial: 'Serial, no', hostname: 'N' }],
    [['serial=Serial, No=1,hostname=N'], { serial: 'Serial, No=1', hostname: 'N' }],
    [['deviceid=a=b'], { deviceId: 'a=b' }],
    [['hardwareUuid=detail.uuid,APP.bundleid=B'], { hardwareUuid: 'detail.uuid', 'app.bundleId': 'B' }],
    [['serial=A', 'serial=B'], { serial: 'B' }],
    [['serial=S,probe=Fleet probe, line'], { serial: 'S', probe: 'Fleet probe, line' }],
  ])('%j is %j', (texts, expected) => {
    expect(parseMapping(texts)).toEqual(expected)
  })

  it.each([
    [['serial']],
    [['serial=']],
    [['=S']],
    [['serials=S']],
    [['serial=""']],
    [['']],
    [['appname=x']],
    [['__proto__=x']],
  ])('%j is wrong use, and the fields are named', (texts) => {
    const { code, exit, message, details } = failureOf(texts)
    expect([code, exit]).toEqual(['bad-mapping', 2])
    expect(message).toBe('--map needs FIELD=COLUMN pairs, separated by commas.')
    for (const field of MappingField.options) expect(details.tryThis?.[0]).toContain(field)
  })

  it.each([[['hostname=N']], [['desktop.version=V,user=U']], [[]]])('%j names no identity', (texts) => {
    expect(failureOf(texts)).toMatchObject({
      code: 'bad-mapping',
      exit: 2,
      message: '--map names no identity: endpoints are never joined by name alone.',
    })
  })

  it('takes each identity alone', () => {
    for (const field of ['serial', 'deviceId', 'hardwareUuid'] as const)
      expect(Mapping.safeParse({ [field]: 'X' }).success).toBe(true)
    expect(Mapping.safeParse({ serial: '' }).success).toBe(false)
    expect(Mapping.safeParse({ serial: 'X', serials: 'Y' }).success).toBe(false)
  })
})

describe('a list that is mapped by hand', () => {
  const mapping: Mapping = {
    serial: 'Asset Serial',
    deviceId: 'Id',
    hardwareUuid: 'UUID',
    hostname: 'Name',
    os: 'OS',
    osVersion: 'OS Ver',
    user: 'User',
    email: 'Mail',
    department: 'Dept',
    site: 'Site',
    group: 'Group',
    lastSeen: 'Seen',
    appsAsOf: 'Listed',
    'desktop.version': 'Claude Ver',
    'code.version': 'Code Ver',
  }
  const record = {
    'Asset Serial': 'X1',
    Id: 7,
    UUID: 'U1',
    Name: 'HOST',
    OS: 'macOS',
    'OS Ver': '15.6.1',
    User: 'ada',
    Mail: 'ada@example.org',
    Dept: 'Finance',
    Site: 'Berlin',
    Group: 'Pilot',
    Seen: '2026-11-18T00:00:00Z',
    Listed: '2026-11-17T00:00:00Z',
    'Claude Ver': '1.1.4173',
    'Code Ver': 'not installed',
  }

  it.each([
    ['a table', `${Object.keys(record).join(';')}\n${Object.values(record).join(';')}\n`],
    ['a JSON list', JSON.stringify([record])],
    ['a JSON list one member down', JSON.stringify({ total: 1, rows: [record] })],
    ['lines of JSON', `${JSON.stringify(record)}\n`],
  ])('gives all of its fields from %s', async (_, text) => {
    const { report, endpoints } = await readFileOf('list', text, { mappings: [mapping] })
    expect([report.format, report.counted, report.rejected]).toEqual(['mapped-list', 1, 0])
    const [endpoint] = endpoints
    expect(endpoint).toMatchObject({
      id: 'X1',
      hardwareUuid: 'U1',
      hostname: 'HOST',
      platform: 'macos',
      osVersion: '15.6.1',
      user: 'ada',
      email: 'ada@example.org',
      department: 'Finance',
      site: 'Berlin',
      groups: ['Pilot'],
      lastSeen: Date.UTC(2026, 10, 18),
    })
    expect(endpoint!.records[0]).toMatchObject({ product: 'custom', deviceId: '7', appsAsOf: Date.UTC(2026, 10, 17) })
    expect([inShort(endpoint!.desktop), inShort(endpoint!.code)]).toEqual(['1.1.4173', 'absent'])
    expect(endpoint!.desktop).toMatchObject({ deciding: { receipt: { field: 'Claude Ver', value: '1.1.4173' } } })
  })

  it('finds members of members, and keys with dots in them', async () => {
    const nested: Mapping = { serial: 'hardware.serial', hostname: 'host.name', 'desktop.version': 'claude.version' }
    const text = JSON.stringify([{ hardware: { serial: 'X1' }, 'host.name': 'HOST', claude: { version: '1.1.4173' } }])
    const { endpoints } = await readFileOf('list.json', text, { mappings: [nested] })
    expect(endpoints.map(({ id, hostname, desktop }) => [id, hostname, inShort(desktop)])).toEqual([
      ['X1', 'HOST', '1.1.4173'],
    ])
  })

  it('takes apps row by row; what is not in a JSON list is not known to be absent', async () => {
    const apps: Mapping = {
      serial: 's',
      'app.name': 'n',
      'app.version': 'v',
      'app.publisher': 'p',
      'app.bundleId': 'b',
      'app.path': 'f',
    }
    const text = JSON.stringify([
      { s: 'X1', n: 'Claude', v: '1.1.4173', p: 'Anthropic, PBC', f: '/a/Claude.app' },
      { s: 'X1', n: 'Mail', v: '1' },
      { s: 'X2', b: 'com.anthropic.claudefordesktop', v: '1.0.1' },
      { s: 'X3' },
    ])
    const { endpoints } = await readFileOf('apps.json', text, { mappings: [apps] })
    expect(endpoints.map(({ desktop, code }) => [inShort(desktop), inShort(code)])).toEqual([
      ['1.1.4173', 'partial-list'],
      ['1.0.1', 'partial-list'],
      ['no-app-list', 'no-app-list'],
    ])
    expect(endpoints[0]?.desktop).toMatchObject({ deciding: { path: '/a/Claude.app', receipt: { field: 'v' } } })
  })

  it('never trusts a version that is a JSON number', async () => {
    const text = '[{"s":"X1","v":1.10},{"s":"X2","v":"1.10.0"},{"s":"X3"}]'
    const { report, endpoints } = await readFileOf('list.json', text, {
      mappings: [{ serial: 's', 'desktop.version': 'v' }],
    })
    expect(report.notices.map(({ code }) => code)).toEqual(['numeric-version'])
    expect(endpoints.map(({ desktop }) => desktop.status === 'installed' && desktop.deciding.parsed.kind)).toEqual([
      'unknown',
      'version',
      false,
    ])
  })

  it('rejects what is no object, and what has no identity', async () => {
    const { report } = await readFileOf('list.json', '[{"s":"X1"},[1],null,"text",{"other":1}]', {
      mappings: [{ serial: 's' }],
    })
    expect(report.counted).toBe(1)
    expect(report.rejects.map(({ record: number, reason }) => [number, reason])).toEqual([
      [2, 'not-an-object'],
      [3, 'not-an-object'],
      [4, 'not-an-object'],
      [5, 'no-identity'],
    ])
  })

  it('is not taken where a column of a table, or every key of a list, is missing', async () => {
    const two: Mapping = { serial: 'S', hostname: 'N' }
    expect((await readFileOf('a.csv', 'S,Other\nX1,1\n', { mappings: [two] })).report.problem?.code).toBe(
      'unknown-format',
    )
    expect((await readFileOf('a.json', '[{"other":1}]', { mappings: [two] })).report.problem?.code).toBe(
      'unknown-format',
    )
    expect((await readFileOf('a.json', '[{"S":"X1"}]', { mappings: [two] })).report.format).toBe('mapped-list')
    expect((await readFileOf('a.json', '{"a":1,"b":[{"c":1}]}', { mappings: [two] })).report.format).toBeUndefined()
  })

  it('comes before the formats that are known', async () => {
    const text = 'Device ID,Device name,Last check-in,OS,Serial number\n1,A,2026-11-18T00:00:00Z,Windows,X1\n'
    const { report } = await readFileOf('a.csv', text, { mappings: [{ serial: 'Serial number' }] })
    expect(report.format).toBe('mapped-list')
    expect(mappedSource({ serial: 'Serial number' })).toMatchObject({
      id: 'mapped-list',
      product: 'custom',
      uses: ['Serial number'],
    })
  })
})
