import { describe, expect, it } from 'vitest'
import { Intake } from '../../src/inventory/intake.js'
import { buildInventory } from '../../src/inventory/inventory.js'
import { detail, ObservationStore } from '../../src/inventory/observation-store.js'
import { joined, onlyEndpoint, type Said } from '../builders/observations.js'
import { asOf } from '../builders/reading.js'

const noticesOf = (...records: readonly Said[]) =>
  joined([{ records }])
    .intakes[0]!.notices.list()
    .map(({ code, records: times, firstRecord }) => `${code} ${times} ${firstRecord}`)

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

describe('a list of apps', () => {
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
