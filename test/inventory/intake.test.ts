import { describe, expect, it } from 'vitest'
import { Intake, type TextField } from '../../src/inventory/intake.js'
import { buildInventory } from '../../src/inventory/inventory.js'
import { detail, ObservationStore } from '../../src/inventory/observation-store.js'
import { desktopApp, joined, onlyEndpoint, type Said } from '../builders/observations.js'
import { asOf } from '../builders/reading.js'

const noticesOf = (...records: readonly Said[]) =>
  joined([{ records }])
    .intakes[0]!.notices.list()
    .map(({ code, records: times, firstRecord }) => `${code} ${times} ${firstRecord}`)

/** An intake as tables use it, with a shorthand for cells. */
function table(product: 'intune' | 'jamf' = 'intune') {
  const store = new ObservationStore()
  const intake = new Intake(store, { name: 'table.csv', product, asOf, dateOrder: 'unknown' })
  const put = (field: TextField, text: string, record = 1) => {
    const bytes = Buffer.from(`<${text}>`)
    return intake.putCell(field, bytes, 1, bytes.length - 1, record)
  }
  const passApp = (name: string) => {
    const bytes = Buffer.from(`<${name}>`)
    intake.passApp(bytes, 1, bytes.length - 1)
  }
  const endpoints = () => [...buildInventory(store, { asOf, maximumAgeDays: 30 }).sortedById()]
  return { store, intake, put, passApp, endpoints }
}

describe('a record', () => {
  it('without identity is left out, whatever else it says', () => {
    const { endpoints, intakes } = joined([
      { records: [{ hostname: 'A', user: 'B', serial: 'None' }, { serial: 'X1' }] },
    ])
    expect(endpoints.map(({ id }) => id)).toEqual(['X1'])
    expect(intakes[0]!.accounting).toMatchObject({ counted: 1, rejected: 1 })
    expect(intakes[0]!.accounting.rejects).toEqual([{ record: 1, line: undefined, reason: 'no-identity' }])
  })

  it('has its cells cleaned', () => {
    const endpoint = onlyEndpoint({
      records: [
        {
          serial: ' example 1 ',
          hostname: "\u00a0'=MAC ",
          user: 'Zoe\u0308 Example',
          department: 'Not applicable',
          site: '--',
          groups: [' Pilot ', 'None', '', 'Admins', 'Cafe\u0301'],
          os: 'darwin',
        },
      ],
    })
    expect(endpoint).toMatchObject({ id: 'EXAMPLE1', hostname: '=MAC', user: 'Zoë Example', platform: 'macos' })
    expect([endpoint.department, endpoint.site]).toEqual([undefined, undefined])
    expect(endpoint.groups).toEqual(['Admins', 'Café', 'Pilot'])
  })

  it.each([
    ['placeholder-serial', { deviceId: '1', serial: 'Default string' }],
    ['placeholder-uuid', { deviceId: '1', hardwareUuid: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' }],
    ['damaged-serial', { deviceId: '1', serial: '3.74E+14' }],
    ['damaged-serial', { deviceId: '1', serial: 'AB'.repeat(65) }],
    ['date-never', { deviceId: '1', lastSeen: '1970-01-01' }],
    ['date-ambiguous', { deviceId: '1', lastSeen: '03/04/2026' }],
    ['date-unreadable', { deviceId: '1', appsAsOf: 'soon' }],
    ['date-future', { deviceId: '1', lastSeen: '2027-01-01' }],
    ['no-time-zone', { deviceId: '1', lastSeen: '2026-11-18' }],
  ])('raises a notice, once a file and counted: %s', (code, said) => {
    expect(noticesOf({ deviceId: '2' }, said, said)).toEqual([`${code} 2 2`])
  })

  it('is read with the order of dates that its file proved', () => {
    const seen = (dateOrder: 'day-first' | 'month-first') =>
      onlyEndpoint({ dateOrder, records: [{ serial: 'X1', lastSeen: '03/04/2026' }] }).lastSeen
    expect([seen('day-first'), seen('month-first')]).toEqual([Date.UTC(2026, 3, 3), Date.UTC(2026, 2, 4)])
  })
})

describe('a row of a table', () => {
  it('is identified by any cell of identity that says something', () => {
    const { intake, put } = table()
    for (const [field, text, identified] of [
      ['deviceId', 'A', true],
      ['serial', 'X1', true],
      ['hardwareUuid', 'X2', true],
      ['serial', 'Default string', false],
      ['hostname', 'A', false],
    ] as const) {
      intake.begin()
      if (field !== 'hostname') expect(put(field, text)).toBe(true)
      expect(intake.identified(), text).toBe(identified)
    }
    expect(put('serial', ' -- ')).toBe(false)
  })

  it.each([
    ['example00001', 'EXAMPLE 00001'],
    ['AB12CD34', 'ab12cd34'],
    ['EXAMPLE-0001', 'example-0001'],
  ])('has one serial number, however it is read: %j, %j', (a, b) => {
    const { intake, put, endpoints } = table()
    for (const [index, serial] of [a, b].entries()) {
      intake.begin()
      put('serial', serial, index + 1)
      intake.open(index + 1)
    }
    expect(endpoints()).toHaveLength(1)
  })

  it('takes a serial number of plain letters and digits as long as a line', () => {
    const { intake, put, endpoints } = table()
    for (const [index, serial] of [
      `A1${'B2'.repeat(19)}`,
      `a1${'b2'.repeat(19)}`,
      `A1${'B2'.repeat(20)}`,
      `${'É'.repeat(120)}12`,
    ].entries()) {
      intake.begin()
      put('serial', serial, index + 1)
      intake.open(index + 1)
    }
    expect(endpoints().map(({ id }) => id.length)).toEqual([40, 42, 122])
  })

  it('takes a device id that is longer than any other', () => {
    const { intake, put, endpoints } = table('jamf')
    const long = 'Ab'.repeat(1000)
    put('deviceId', long)
    intake.open(1)
    expect(endpoints().map(({ id }) => id)).toEqual([`jamf:${long.toLowerCase()}`])
  })

  it('forgets the identity of the row before', () => {
    const { intake, put, endpoints } = table()
    intake.begin()
    put('deviceId', '1')
    put('serial', 'X1')
    put('hardwareUuid', 'UUID-1234')
    intake.open(1)
    intake.begin()
    expect(intake.identified()).toBe(false)
    put('deviceId', '2')
    intake.open(2)
    expect(endpoints().map(({ id, serial, hardwareUuid }) => [id, serial, hardwareUuid])).toEqual([
      ['X1', 'X1', 'UUID-1234'],
      ['intune:2', undefined, undefined],
    ])
  })

  it('gathers its apps with those of the other rows of its endpoint', () => {
    const { intake, put, endpoints } = table()
    const rows = ['1', '2', '1', ...Array.from({ length: 3000 }, (_, index) => `other ${index}`), '1']
    const fresh = rows.map((deviceId, index) => {
      intake.begin()
      put('deviceId', deviceId, index + 1)
      const row = intake.openList(index + 1)
      intake.stateList(row, 'complete')
      if (index >= 2 && deviceId === '1') intake.addApp(row, desktopApp(`1.0.${index}`), 'Version', index + 1)
      return intake.fresh
    })
    expect(fresh.filter((isFresh) => !isFresh)).toHaveLength(2)
    const [endpoint] = endpoints()
    expect(endpoint!.desktop.status === 'installed' && endpoint!.desktop.copies.map(({ version }) => version)).toEqual([
      '1.0.2',
      '1.0.3003',
    ])
    expect(endpoint!.records).toHaveLength(1)
  })

  it('gathers apps by serial number, or by UUID, where there is no device id', () => {
    const { intake, put } = table()
    const list = (field: TextField, text: string, record: number) => {
      intake.begin()
      put(field, text, record)
      return intake.openList(record)
    }
    expect([
      list('serial', 'X1', 1),
      list('serial', 'x1', 2),
      list('hardwareUuid', 'U1', 3),
      list('hardwareUuid', 'U1', 4),
    ]).toEqual([0, 0, 1, 1])
  })

  it('has its groups added one by one, sorted', () => {
    const { intake, put, endpoints } = table()
    put('deviceId', '1')
    const row = intake.open(1)
    put('group', 'B')
    for (const group of ['C', ' A ', '', 'none']) intake.addGroup(row, group)
    expect(endpoints()[0]!.groups).toEqual(['A', 'B', 'C'])
  })
})

describe('a list of apps', () => {
  const claude = desktopApp('1.1.4173')
  const statusOf = (others: readonly string[], claudeRows: number) => {
    const { intake, put, passApp, endpoints } = table()
    put('deviceId', '1')
    const row = intake.openList(1)
    intake.stateList(row, 'complete')
    for (const name of others) passApp(name)
    for (let index = 0; index < claudeRows; index++) {
      intake.noteClaudeRow()
      intake.addApp(row, claude, 'Version', 1)
    }
    intake.accounting.count(1)
    intake.end(1)
    const { code } = endpoints()[0]!
    return code.status === 'unknown' ? code.reason : code.status
  }

  it.each([
    ['only Claude', [], 1, 'filtered-list'],
    ['Claude and another app', ['Safari'], 1, 'absent'],
    ['one other app', ['Safari'], 0, 'filtered-list'],
    ['one other app, again and again', ['Safari', 'Safari', 'Safari'], 0, 'filtered-list'],
    ['two other apps', ['Safari', 'Mail'], 0, 'absent'],
    ['two other apps of equal length', ['Mail', 'Maps'], 0, 'absent'],
    ['many other apps', ['Safari', 'Mail', 'Safari', 'Notes'], 2, 'absent'],
    ['nothing', [], 0, 'absent'],
  ])('of %s: Claude Code is %s', (_, others, claudeRows, expected) => {
    expect(statusOf(others, claudeRows)).toBe(expected)
  })

  it('is stated once: what was withheld stays withheld', () => {
    const { intake, put, store } = table()
    put('deviceId', '1')
    const row = intake.openList(1)
    intake.setApps(row, 'unknown', 'personal-device')
    intake.stateList(row, 'complete')
    expect([store.apps(row), store.appsProblem(row)]).toEqual(['unknown', 'personal-device'])
  })

  it('counts look-alikes by name and reason', () => {
    const { intakes } = joined([
      {
        records: [
          {
            serial: 'X1',
            apps: {
              kind: 'complete',
              rows: [
                { name: 'Claude for Excel', publisher: 'Anthropic, PBC' },
                { name: 'Claude for Excel', publisher: 'Anthropic, PBC' },
                { name: 'Claude', publisher: 'Somebody' },
                { bundleId: 'com.anthropic.claudefordesktop.helper' },
                { name: 'Safari' },
              ],
            },
          },
        ],
      },
    ])
    expect([...intakes[0]!.lookAlikes.values()]).toEqual([
      { name: 'Claude for Excel', why: 'office-add-in', rows: 2 },
      { name: 'Claude', why: 'other-vendor', rows: 1 },
      { name: 'com.anthropic.claudefordesktop.helper', why: 'helper-bundle', rows: 1 },
    ])
  })

  it('keeps 200 names of look-alikes and counts those it knows', () => {
    const rows = [...Array(250).keys(), 0].map((index) => ({ name: `Claude ${index} Fans`, publisher: 'Somebody' }))
    const { intakes } = joined([{ records: [{ serial: 'X1', apps: { kind: 'complete', rows } }] }])
    const kept = [...intakes[0]!.lookAlikes.values()]
    expect(kept).toHaveLength(200)
    expect(kept[0]).toMatchObject({ name: 'Claude 0 Fans', rows: 2 })
  })

  it('keeps the notes of an app', () => {
    const endpoint = onlyEndpoint({
      records: [
        {
          serial: 'X1',
          os: 'macOS',
          apps: {
            kind: 'complete',
            rows: [{ name: 'Claude', version: ' 1.1.4173 ', path: '/Volumes/Claude/Claude.app' }],
          },
        },
      ],
    })
    expect(endpoint.desktop.status).toBe('absent')
    const linux = onlyEndpoint({
      records: [
        {
          serial: 'X1',
          os: 'linux',
          apps: { kind: 'complete', rows: [{ name: 'claude-desktop', version: ' 1.1.4173 ', table: 'deb_packages' }] },
        },
      ],
    })
    expect(linux.desktop).toMatchObject({
      deciding: { version: '1.1.4173', notes: ['unverified-origin'], path: undefined },
    })
  })
})

describe('the store', () => {
  it('grows to any size and keeps what is in it', () => {
    const store = new ObservationStore()
    const count = 70_000
    for (let index = 0; index < count; index++) {
      const row = store.add(index % 7, index)
      store.identify(row, index, -1, index)
      store.setLastSeen(row, index)
      store.setAppsAsOf(row, -index)
      if (index % 2 === 0) store.setDetail(row, detail.site, index)
      const app = { product: index % 2, version: index, path: -1, field: 0, notes: -1, startable: index % 3 === 0 }
      store.addInstall(row, app, index)
    }
    expect(store.count).toBe(count)
    for (const row of [0, 16_383, 16_384, 65_535, 65_536, count - 1]) {
      expect([
        store.fileNumber(row),
        store.record(row),
        store.device(row),
        store.serial(row),
        store.hardwareUuid(row),
      ]).toEqual([row % 7, row, row, -1, row])
      expect([store.lastSeen(row), store.appsAsOf(row)]).toEqual([row, -row])
      expect([store.detail(row, detail.site), store.detail(row, detail.user)]).toEqual([row % 2 === 0 ? row : -1, -1])
      expect([store.firstInstall(row), store.nextInstall(row), store.installProduct(row)]).toEqual([row, -1, row % 2])
      expect(store.install(row)).toMatchObject({ version: row, record: row, startable: row % 3 === 0 })
    }
  })

  it('says nothing of an observation that was only added', () => {
    const store = new ObservationStore()
    const row = store.add(0, 1)
    expect([store.device(row), store.serial(row), store.hardwareUuid(row), store.firstInstall(row)]).toEqual([
      -1, -1, -1, -1,
    ])
    expect([store.platform(row), store.lastSeen(row), store.appsAsOf(row)]).toEqual([0, Number.NaN, Number.NaN])
    expect([store.apps(row), store.appsProblem(row)]).toEqual(['none', 'no-app-list'])
    for (const column of Object.values(detail)) expect(store.detail(row, column)).toBe(-1)
  })

  it('forgets all of a file that is taken back', () => {
    const store = new ObservationStore()
    const before = store.mark()
    const add = (said: Said) => {
      const intake = new Intake(store, { name: 'file', product: 'intune', asOf, dateOrder: 'unknown' })
      intake.observe({ ...said, record: 1 })
    }
    add({
      serial: 'X1',
      os: 'Windows',
      lastSeen: '2026-11-18',
      groups: ['A'],
      apps: { kind: 'unknown', reason: 'personal-device' },
    })
    store.rewind(before)
    add({ serial: 'X2' })
    const [endpoint, ...others] = buildInventory(store, { asOf, maximumAgeDays: 30 }).sortedById()
    expect(others).toEqual([])
    expect(endpoint).toMatchObject({ id: 'X2', platform: 'unknown', lastSeen: undefined, groups: [] })
    expect(endpoint!.desktop).toEqual({ status: 'unknown', reason: 'no-app-list' })
    expect(endpoint!.records.map(({ apps }) => apps)).toEqual(['none'])
  })
})
