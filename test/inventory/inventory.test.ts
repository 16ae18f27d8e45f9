import { describe, expect, it } from 'vitest'
import type { EndpointAttribute } from '../../src/inventory/endpoint.js'
import { type FileSaid, joined, onlyEndpoint, type Said } from '../builders/observations.js'

const full = (name: string, lastSeen: string): Said => ({
  serial: 'EXAMPLE1',
  hostname: `${name}-host`,
  os: 'macOS',
  osVersion: `${name}-os`,
  user: `${name}-user`,
  email: `${name}@example.org`,
  department: `${name}-department`,
  site: `${name}-site`,
  groups: [`${name}-group`],
  lastSeen,
})
const attributes: readonly EndpointAttribute[] = [
  'serial',
  'hostname',
  'platform',
  'osVersion',
  'user',
  'email',
  'department',
  'site',
  'groups',
  'lastSeen',
]

describe('the attributes of an endpoint', () => {
  it.each([
    ['in one file', [{ records: [full('old', '2026-11-10'), full('new', '2026-11-18')] }]],
    ['in two files', [{ records: [full('old', '2026-11-10')] }, { records: [full('new', '2026-11-18')] }]],
    [
      'in two files, turned round',
      [{ records: [full('new', '2026-11-18')] }, { records: [full('old', '2026-11-10')] }],
    ],
  ] satisfies [string, FileSaid[]][])('come from the freshest record, %s', (_, files) => {
    const endpoint = onlyEndpoint(...files)
    expect(endpoint).toMatchObject({
      hostname: 'new-host',
      platform: 'macos',
      osVersion: 'new-os',
      user: 'new-user',
      email: 'new@example.org',
      department: 'new-department',
      site: 'new-site',
      lastSeen: Date.UTC(2026, 10, 18),
    })
    expect(endpoint.groups).toEqual(['new-group', 'old-group'])
    for (const attribute of attributes) expect(endpoint.origin(attribute)).toBe(0)
  })

  it('come from the freshest record that has them', () => {
    const endpoint = onlyEndpoint(
      { records: [{ serial: 'EXAMPLE1', lastSeen: '2026-11-18' }] },
      { records: [{ ...full('old', '2026-11-10'), lastSeen: '2026-11-10' }] },
    )
    expect(endpoint).toMatchObject({ hostname: 'old-host', platform: 'macos', department: 'old-department' })
    expect(attributes.map((attribute) => endpoint.origin(attribute))).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 0])
  })

  it('are taken from a record without a check-in only when there is no other', () => {
    const undated = full('undated', '')
    expect(onlyEndpoint({ records: [undated] }, { records: [full('old', '2020-01-01')] }).hostname).toBe('old-host')
    expect(onlyEndpoint({ records: [full('old', '2020-01-01')] }, { records: [undated] }).hostname).toBe('old-host')
    expect(onlyEndpoint({ records: [undated] })).toMatchObject({ hostname: 'undated-host', lastSeen: undefined })
  })

  it('of equally fresh records come from the file that is named first, then from what they say', () => {
    const a = full('a', '2026-11-18')
    const b = full('b', '2026-11-18')
    const files = [
      { name: 'z.csv', records: [a] },
      { name: 'y.csv', records: [b] },
    ]
    expect(onlyEndpoint(...files).hostname).toBe('b-host')
    expect(onlyEndpoint(...[...files].reverse()).hostname).toBe('b-host')
    expect(onlyEndpoint({ records: [a, b] }).hostname).toBe('a-host')
    expect(onlyEndpoint({ records: [b, a] }).hostname).toBe('a-host')
  })

  it.each<[string, Said, Said]>([
    ['device id', { deviceId: '1' }, { deviceId: '2' }],
    ['host name', { hostname: 'a' }, { hostname: 'b' }],
    ['user', { user: 'a' }, { user: 'b' }],
    ['address', { email: 'a' }, { email: 'b' }],
    ['department', { department: 'a' }, { department: 'b' }],
    ['site', { site: 'a' }, { site: 'b' }],
    ['groups', { groups: ['a'] }, { groups: ['b'] }],
    ['OS version', { osVersion: '1' }, { osVersion: '2' }],
    ['attributes', { extensionAttributes: { Cost: '1' } }, { extensionAttributes: { Cost: '2' } }],
    ['department, where one has none', { department: 'a' }, {}],
    ['platform, where one has none', { os: 'macOS' }, {}],
    ['apps, where one has none', { apps: { kind: 'partial', rows: [] } }, {}],
  ])('of equally fresh records of one file do not depend on their order: %s', (_, a, b) => {
    const told = (records: readonly Said[]) =>
      onlyEndpoint({
        records: records.map((said) => ({ serial: 'EXAMPLE1', lastSeen: '2026-11-18', ...said })),
      }).records.map(({ record }) => record)
    expect(told([a, b])).toEqual([1, 2])
    expect(told([b, a])).toEqual([2, 1])
  })

  it('come from the freshest of any number of records, in any order', () => {
    const days = ['2026-11-10', '2026-11-18', '', '2026-11-14', '']
    for (const order of [days, [...days].reverse(), [...days].sort()]) {
      const endpoint = onlyEndpoint({
        records: order.map((lastSeen) => ({ serial: 'EXAMPLE1', lastSeen, department: lastSeen || 'none' })),
      })
      expect(endpoint.department).toBe('2026-11-18')
      expect(endpoint.records.map((record) => record.lastSeen && new Date(record.lastSeen).getUTCDate())).toEqual([
        18,
        14,
        10,
        undefined,
        undefined,
      ])
    }
  })

  it('come, of equally fresh records, from the one with the newer app list', () => {
    const records = ['2026-11-10', '2026-11-18', ''].map((appsAsOf) => ({ serial: 'EXAMPLE1', appsAsOf }))
    for (const order of [records, [...records].reverse()])
      expect(
        onlyEndpoint({ records: order }).records.map(({ appsAsOf }) => appsAsOf && new Date(appsAsOf).getUTCDate()),
      ).toEqual([18, 10, undefined])
  })

  it('are missing where no record has them', () => {
    const endpoint = onlyEndpoint({ product: 'jamf', records: [{ deviceId: '1' }] })
    expect(endpoint).toMatchObject({
      id: 'jamf:1',
      platform: 'unknown',
      groups: [],
      isAcrossProducts: false,
      hasDuplicates: false,
    })
    for (const attribute of attributes) expect(endpoint.origin(attribute), attribute).toBeUndefined()
    for (const name of [
      'serial',
      'hardwareUuid',
      'hostname',
      'osVersion',
      'user',
      'email',
      'department',
      'site',
      'lastSeen',
    ] as const)
      expect(endpoint[name], name).toBeUndefined()
    expect(endpoint.extensionAttributes).toEqual({})
  })

  it('take the serial number that is shown from the record that has it', () => {
    const endpoint = onlyEndpoint(
      { product: 'jamf', records: [{ deviceId: '1', serial: 'ZZZ1', lastSeen: '2026-11-18' }] },
      { product: 'jamf', records: [{ deviceId: '1', serial: 'AAA1', lastSeen: '2026-11-10' }] },
    )
    expect([endpoint.serial, endpoint.origin('serial')]).toEqual(['AAA1', 1])
  })

  it('keep extension attributes of all records; of one name the freshest stands', () => {
    const endpoint = onlyEndpoint(
      {
        records: [{ serial: 'EXAMPLE1', lastSeen: '2026-11-18', extensionAttributes: { Health: 'new', Plugins: '3' } }],
      },
      {
        records: [
          {
            serial: 'EXAMPLE1',
            lastSeen: '2026-11-10',
            extensionAttributes: { Health: 'old', Owner: 'IT', __proto__: 'x' },
          },
        ],
      },
    )
    expect({ ...endpoint.extensionAttributes }).toEqual({ Health: 'new', Plugins: '3', Owner: 'IT' })
    expect(Object.getPrototypeOf(endpoint.extensionAttributes)).toBeNull()
  })

  it('keep an extension attribute of any name', () => {
    const extensionAttributes = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>
    const endpoint = onlyEndpoint({ records: [{ serial: 'EXAMPLE1', extensionAttributes }] })
    expect(Object.entries(endpoint.extensionAttributes)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })
})

describe('the records of an endpoint', () => {
  it('say what each of them says, freshest first', () => {
    const { records } = onlyEndpoint(
      {
        name: 'apps.csv',
        product: 'jamf',
        records: [{ serial: 'example1', apps: { kind: 'complete', rows: [] }, appsAsOf: '2026-11-17' }],
      },
      {
        name: 'devices.csv',
        product: 'intune',
        records: [{ deviceId: 'AB', serial: 'EXAMPLE1', lastSeen: '2026-11-18' }],
      },
    )
    expect(records).toEqual([
      {
        file: 'devices.csv',
        record: 1,
        product: 'intune',
        deviceId: 'ab',
        serial: 'EXAMPLE1',
        lastSeen: Date.UTC(2026, 10, 18),
        appsAsOf: undefined,
        apps: 'none',
      },
      {
        file: 'apps.csv',
        record: 1,
        product: 'jamf',
        deviceId: undefined,
        serial: 'EXAMPLE1',
        lastSeen: undefined,
        appsAsOf: Date.UTC(2026, 10, 17),
        apps: 'complete',
      },
    ])
  })

  it.each<[string, boolean, boolean, FileSaid[]]>([
    ['one product, one record', false, false, [{ records: [{ serial: 'X1' }] }]],
    ['two products', true, false, [{ product: 'jamf', records: [{ serial: 'X1' }] }, { records: [{ serial: 'X1' }] }]],
    [
      'two products with device ids',
      true,
      false,
      [
        { product: 'jamf', records: [{ serial: 'X1', deviceId: '1' }] },
        { product: 'intune', records: [{ serial: 'X1', deviceId: '2' }] },
      ],
    ],
    [
      'devices and apps of one product',
      false,
      false,
      [{ records: [{ deviceId: '1' }] }, { records: [{ deviceId: '1' }] }],
    ],
    ['two records of one file', false, true, [{ records: [{ serial: 'X1' }, { serial: 'X1' }] }]],
    [
      'two device ids of one product',
      false,
      true,
      [
        {
          records: [
            { serial: 'X1', deviceId: '1' },
            { serial: 'X1', deviceId: '2' },
          ],
        },
      ],
    ],
    [
      'two device ids of one product in two files',
      false,
      true,
      [{ records: [{ serial: 'X1', deviceId: '1' }] }, { records: [{ serial: 'X1', deviceId: '2' }] }],
    ],
    ['one device id twice in one file', false, true, [{ records: [{ deviceId: '1' }, { deviceId: '1' }] }]],
    [
      'a device and its app list in one file',
      false,
      false,
      [{ records: [{ deviceId: '1' }, { deviceId: '1', apps: { kind: 'complete', rows: [] } }] }],
    ],
  ])('tell of joins and duplicates: %s', (_, acrossProducts, duplicates, files) => {
    const endpoint = onlyEndpoint(...files)
    expect([endpoint.isAcrossProducts, endpoint.hasDuplicates]).toEqual([acrossProducts, duplicates])
  })
})

describe('the inventory', () => {
  it('counts endpoints and gives them by id, once each, as often as asked', () => {
    const files = [{ records: ['C1', 'A1', 'B1', 'a1'].map((serial) => ({ serial })) }]
    const { endpoints } = joined(files)
    expect(endpoints.map(({ id }) => id)).toEqual(['A1', 'B1', 'C1'])
  })

  it('of nothing is empty', () => {
    expect(joined([]).endpoints).toEqual([])
    expect(joined([{ records: [{ hostname: 'no identity' }] }]).endpoints).toEqual([])
  })
})
