import { describe, expect, it } from 'vitest'
import { productOfTag } from '../../src/inventory/identity.js'
import { products } from '../../src/inventory/observation.js'
import { identityTag } from '../../src/inventory/observation-store.js'
import { type FileSaid, joined, type Said } from '../builders/observations.js'

const uuidA = '0A1B2C3D-0000-4000-8000-00000000000A'
const uuidB = '0A1B2C3D-0000-4000-8000-00000000000B'

/** Which records came together, as `file:record`, endpoint by endpoint. */
function together(...files: readonly FileSaid[]): string[][] {
  return joined(files).endpoints.map(({ records }) => records.map(({ file, record }) => `${file}:${record}`).sort())
}

const file = (name: string, product: FileSaid['product'], ...records: readonly Said[]): FileSaid => ({
  name,
  product: product ?? 'intune',
  records,
})

describe('records come together', () => {
  it('by device id within a product, whatever its case', () => {
    expect(
      together(
        file('devices', 'intune', { deviceId: 'AB-1', serial: 'EXAMPLE1' }),
        file('apps', 'intune', { deviceId: 'ab-1' }),
      ),
    ).toEqual([['apps:1', 'devices:1']])
  })

  it('by device ids with letters beyond ASCII', () => {
    expect(
      together(file('devices', 'osquery', { deviceId: 'ZOË-1' }), file('apps', 'osquery', { deviceId: 'zoe\u0308-1' })),
    ).toEqual([['apps:1', 'devices:1']])
  })

  it('never by device id across products', () => {
    expect(together(file('a', 'jamf', { deviceId: '12' }), file('b', 'fleetdm', { deviceId: '12' }))).toHaveLength(2)
  })

  it.each([
    ['EXAMPLE00001', 'example00001'],
    ['EXAMPLE00001', ' EXAMPLE 00001 '],
    ['PF-3Q ABC', 'pf-3qabc'],
    ['ÉXAMPLE1', 'e\u0301xample1'],
  ])('by serial number across products: %j and %j', (one, other) => {
    expect(together(file('a', 'jamf', { serial: one }), file('b', 'intune', { serial: other }))).toEqual([
      ['a:1', 'b:1'],
    ])
  })

  it('by hardware UUID across products, in braces or not', () => {
    expect(
      together(
        file('a', 'jamf', { deviceId: '1', hardwareUuid: uuidA.toLowerCase() }),
        file('b', 'fleetdm', { deviceId: '2', hardwareUuid: `{${uuidA}}` }),
      ),
    ).toEqual([['a:1', 'b:1']])
  })

  it('never by name, user or address', () => {
    const same = { hostname: 'MacBook Pro', user: 'ada', email: 'ada@example.org' }
    expect(
      together(
        file('a', 'jamf', { ...same, deviceId: '1' }, { ...same, deviceId: '2' }),
        file('b', 'iru', { ...same, serial: 'X1' }),
      ),
    ).toHaveLength(3)
  })

  it('through others: a device id, a serial number and a UUID are one chain', () => {
    expect(
      together(
        file('a', 'jamf', { deviceId: '1', serial: 'EXAMPLE1' }),
        file('b', 'intune', { serial: 'EXAMPLE1', hardwareUuid: uuidA }),
        file('c', 'fleetdm', { hardwareUuid: uuidA, deviceId: '9' }),
        file('d', 'fleetdm', { deviceId: '9' }),
        file('e', 'fleetdm', { deviceId: '8' }),
      ),
    ).toEqual([['a:1', 'b:1', 'c:1', 'd:1'], ['e:1']])
  })

  it('not by a serial number that is a UUID of another machine', () => {
    expect(together(file('a', 'jamf', { serial: uuidA }), file('b', 'intune', { hardwareUuid: uuidA }))).toHaveLength(2)
  })

  it.each(['0', 'Default string', '------', '3.74E+14'])('not by %j, which is no serial number', (serial) => {
    const { endpoints, shared } = joined([file('a', 'jamf', { deviceId: '1', serial }, { deviceId: '2', serial })])
    expect(endpoints.map(({ id, serial: own }) => [id, own])).toEqual([
      ['jamf:1', undefined],
      ['jamf:2', undefined],
    ])
    expect(shared).toEqual([])
  })
})

describe('a serial number that several machines claim joins nothing', () => {
  it('when it comes with two hardware UUIDs', () => {
    const { endpoints, shared } = joined([
      file(
        'a',
        'fleetdm',
        { deviceId: '1', serial: 'SHARED01', hardwareUuid: uuidA },
        { deviceId: '2', serial: 'SHARED01', hardwareUuid: uuidB },
      ),
      file('b', 'intune', { deviceId: 'x', serial: 'SHARED01' }),
    ])
    expect(shared).toEqual([{ kind: 'serial', value: 'SHARED01', why: 'several-hardware-uuids' }])
    expect(endpoints.map(({ id }) => id)).toEqual(['fleetdm:1', 'fleetdm:2', 'intune:x'])
    expect(endpoints.map(({ serial }) => serial)).toEqual(['SHARED01', 'SHARED01', 'SHARED01'])
  })

  it('when it comes with two platforms', () => {
    const { endpoints, shared } = joined([
      file(
        'a',
        'intune',
        { deviceId: '1', serial: 'SHARED01', os: 'Windows' },
        { deviceId: '2', serial: 'SHARED01', os: 'macOS' },
      ),
    ])
    expect(shared).toEqual([{ kind: 'serial', value: 'SHARED01', why: 'several-platforms' }])
    expect(endpoints).toHaveLength(2)
  })

  it.each([
    ['hardware UUIDs first', [0, 1, 2]],
    ['platforms first', [2, 0, 1]],
  ])('with one reason where there are two, %s', (_, order) => {
    const records = [
      { deviceId: '1', serial: 'SHARED01', hardwareUuid: uuidA, os: 'macOS' },
      { deviceId: '2', serial: 'SHARED01', hardwareUuid: uuidB, os: 'macOS' },
      { deviceId: '3', serial: 'SHARED01', os: 'Windows' },
    ]
    const { shared } = joined([file('a', 'intune', ...order.map((index) => records[index]!))])
    expect(shared).toEqual([{ kind: 'serial', value: 'SHARED01', why: 'several-hardware-uuids' }])
  })

  const twice = (a: Said, b: Said, product: FileSaid['product'] = 'intune') =>
    joined([
      file('a', product, { deviceId: '1', serial: 'SHARED01', hostname: 'A', lastSeen: '2026-11-18T00:00:00Z', ...a }),
      file('b', product, { deviceId: '2', serial: 'SHARED01', hostname: 'B', lastSeen: '2026-11-18T00:00:00Z', ...b }),
    ])

  it('when two of its records are in use in the same week under other names', () => {
    const { endpoints, shared } = twice({}, { lastSeen: '2026-11-11T00:00:00Z' })
    expect(shared).toEqual([{ kind: 'serial', value: 'SHARED01', why: 'several-active-records' }])
    expect(endpoints.map(({ id }) => id)).toEqual(['intune:1', 'intune:2'])
  })

  it('also when a third record of it is the one that is in use too', () => {
    const { shared } = joined([
      file(
        'a',
        'jamf',
        { deviceId: '1', serial: 'SHARED01', hostname: 'A', lastSeen: '2026-01-01T00:00:00Z' },
        { deviceId: '2', serial: 'SHARED01', hostname: 'B', lastSeen: '2026-11-18T00:00:00Z' },
        { deviceId: '3', serial: 'SHARED01', hostname: 'C', lastSeen: '2026-11-17T00:00:00Z' },
      ),
    ])
    expect(shared).toHaveLength(1)
  })

  it.each([
    ['one fell silent more than a week before: it was enrolled again', { lastSeen: '2026-11-10T23:59:59Z' }],
    ['both have the same name', { hostname: 'a' }],
    ['one has no name', { hostname: '' }],
    ['one never checked in', { lastSeen: '1970-01-01' }],
    ['both are one device', { deviceId: '1' }],
  ])('but is good where %s', (_, changes) => {
    const { endpoints, shared } = twice({}, changes)
    expect(shared).toEqual([])
    expect(endpoints.map(({ id }) => id)).toEqual(['SHARED01'])
  })

  it('but is good where two products know the machine under other names', () => {
    const { endpoints } = joined([
      file('a', 'intune', { deviceId: '1', serial: 'GOOD0001', hostname: 'A', lastSeen: '2026-11-18T00:00:00Z' }),
      file('b', 'jamf', { deviceId: '2', serial: 'GOOD0001', hostname: 'B', lastSeen: '2026-11-18T00:00:00Z' }),
    ])
    expect(endpoints.map(({ id }) => id)).toEqual(['GOOD0001'])
  })

  it('and stands for itself where a record has nothing else', () => {
    const { endpoints } = joined([
      file('a', 'fleetdm', { serial: 'SHARED01', hardwareUuid: uuidA }, { serial: 'SHARED01', hardwareUuid: uuidB }),
      file('b', 'intune', { serial: 'SHARED01' }),
      file('c', 'iru', { serial: 'SHARED01' }),
    ])
    expect(endpoints.map(({ id, records }) => [id, records.length])).toEqual([
      ['SHARED01', 2],
      [`uuid:${uuidA}`, 1],
      [`uuid:${uuidB}`, 1],
    ])
  })
})

describe('a hardware UUID that several machines claim', () => {
  const cloned = [
    file(
      'a',
      'jamf',
      { deviceId: '1', serial: 'EXAMPLE1', hardwareUuid: uuidA },
      { deviceId: '2', serial: 'EXAMPLE2', hardwareUuid: uuidA },
    ),
    file('b', 'fleetdm', { deviceId: '3', hardwareUuid: uuidA }),
    file('c', 'osquery', { hardwareUuid: uuidA }),
  ]

  it('joins nothing', () => {
    const { endpoints, shared } = joined(cloned)
    expect(shared).toEqual([{ kind: 'hardware-uuid', value: uuidA, why: 'several-serials' }])
    expect(endpoints.map(({ id }) => id)).toEqual(['EXAMPLE1', 'EXAMPLE2', 'fleetdm:3', `uuid:${uuidA}`])
  })

  it('is told together with shared serial numbers, in a fixed order', () => {
    const platforms = (serial: string) => [
      { serial, os: 'Windows' },
      { serial, os: 'macOS' },
    ]
    const { shared } = joined([...cloned, file('d', 'custom', ...platforms('SHARED02'), ...platforms('SHARED01'))])
    expect(shared.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'serial SHARED01',
      'serial SHARED02',
      `hardware-uuid ${uuidA}`,
    ])
  })
})

describe('the id of an endpoint', () => {
  it.each([
    [{ deviceId: '1', serial: 'example1', hardwareUuid: uuidA }, 'EXAMPLE1'],
    [{ deviceId: 'ABC', hardwareUuid: uuidA }, 'jamf:abc'],
    [{ hardwareUuid: uuidA.toLowerCase() }, `uuid:${uuidA}`],
  ])('of %j is %s', (said, id) => {
    expect(joined([file('a', 'jamf', said)]).endpoints.map((endpoint) => endpoint.id)).toEqual([id])
  })

  it('is the smallest serial number, else the smallest device id, whichever file came first', () => {
    const records = [
      file('a', 'jamf', { deviceId: '7', hardwareUuid: uuidA }),
      file('b', 'iru', { deviceId: '3', hardwareUuid: uuidA }),
      file('c', 'jamf', { deviceId: '5', hardwareUuid: uuidA }),
    ]
    const withSerials = [
      file('d', 'fleetdm', { deviceId: '1', serial: 'ZZZ1', hardwareUuid: uuidA }),
      file('e', 'fleetdm', { deviceId: '1', serial: 'AAA1' }),
    ]
    expect(joined(records).endpoints.map(({ id }) => id)).toEqual(['iru:3'])
    expect(joined([...records].reverse()).endpoints.map(({ id }) => id)).toEqual(['iru:3'])
    expect(joined([...records, ...withSerials]).endpoints.map(({ id }) => id)).toEqual(['AAA1'])
  })
})

it('device ids carry their product', () => {
  expect(products.map((_, index) => productOfTag(identityTag.device + index))).toEqual([...products])
})
