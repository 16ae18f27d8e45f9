import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameSources, sourceNames } from '../../src/history/source-names.js'
import { trendOf } from '../../src/history/trend.js'
import { readSource, snapshotHead } from '../builders/history-snapshot.js'

const day = (date: string, ready: number, digest = 'a') => snapshotHead({ asOf: `${date}T00:00:00Z`, ready, digest })

describe('the trend', () => {
  it('has the last recorded snapshot of each day, in order of days', () => {
    const heads = [
      day('2026-11-20', 1),
      day('2026-11-13', 2),
      snapshotHead({ asOf: '2026-11-20T18:00:00Z', ready: 3 }),
      snapshotHead({ asOf: '2026-11-20T09:00:00Z', ready: 4 }),
    ]
    const points = trendOf(heads).map(({ date, ready, inScope, percent }) => ({ date, ready, inScope, percent }))
    expect(points).toEqual([
      { date: '2026-11-13', ready: 2, inScope: 10, percent: 20 },
      { date: '2026-11-20', ready: 4, inScope: 10, percent: 40 },
    ])
  })

  it('ends with the scan of a report, which takes the place of its day', () => {
    const heads = [day('2026-11-13', 2), day('2026-11-20', 3), day('2026-11-27', 4)]
    const points = trendOf(heads, day('2026-11-20', 9))
    expect(points.map(({ date, ready }) => [date, ready])).toEqual([
      ['2026-11-13', 2],
      ['2026-11-20', 9],
    ])
    expect(trendOf([], day('2026-11-20', 9))).toHaveLength(1)
    expect(trendOf([])).toEqual([])
  })

  it('says on which day policy or sources are not those of the day before', () => {
    const other = snapshotHead({ asOf: '2026-11-22T00:00:00Z', sources: [readSource('jamf.csv', 'jamf')], digest: 'b' })
    const points = trendOf([day('2026-11-20', 1), day('2026-11-21', 1, 'b'), other])
    expect(points.map(({ policyChanged, sourcesChanged }) => [policyChanged, sourcesChanged])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ])
  })

  it('says which scans warned that their numbers may be incomplete', () => {
    const cut = { ...day('2026-11-21', 1), strictWarnings: [{ code: 'cut-off', file: 'devices.json' }] }
    const points = trendOf([day('2026-11-20', 1), cut], day('2026-11-22', 1))
    expect(points.map(({ incomplete }) => incomplete)).toEqual([false, true, false])
    expect(trendOf([], cut)).toMatchObject([{ incomplete: true }])
  })

  it('takes evidence for a source: what it speaks against was ready without it', () => {
    const telemetry = { asOf: '2026-11-21T00:00:00Z', proven: 1, silent: 0, contradicted: 0, unknown: 0, missing: 0 }
    const points = trendOf([day('2026-11-20', 1), { ...day('2026-11-21', 1), telemetry }])
    expect(points.map(({ sourcesChanged }) => sourcesChanged)).toEqual([false, true])
  })

  it('has strictly ascending days, and one for each day there is', () => {
    const heads = fc.array(
      fc
        .record({ at: fc.integer({ min: 0, max: 40 }), ready: fc.integer({ min: 0, max: 10 }) })
        .map(({ at, ready }) =>
          snapshotHead({ asOf: new Date(Date.UTC(2026, 10, 1) + at * 6 * 3_600_000).toISOString(), ready }),
        ),
    )
    fc.assert(
      fc.property(heads, (all) => {
        const dates = trendOf(all).map(({ date }) => date)
        expect(dates).toEqual([...new Set(all.map(({ asOf }) => asOf.slice(0, 10)))].sort())
      }),
    )
  })
})

describe('sources', () => {
  const of = (...files: readonly string[]) => ({ sources: files.map((file) => readSource(file)) })

  it.each([
    ['the folder of the day', 'exports/2026-11-13/devices.csv', 'exports/2026-11-20/devices.csv'],
    ['the day in the name', 'devices-2026-11-13.csv', 'Devices-2026-11-20.csv'],
    ['a folder of Windows', 'C:\\exports\\13\\devices.csv', 'C:\\exports\\20\\devices.csv'],
    [
      'the id of an export job',
      'AppInvRawData_ed48f93d-ccb7-4824-9bfd-1008aeb56ebe.csv',
      'AppInvRawData_554cc26a-85ca-4a6d-969e-9b50c90771fe.csv',
    ],
  ])('are the same apart from %s', (_, before, after) => {
    expect(sameSources(of(before), of(after))).toBe(true)
  })

  it('are the same in another order', () => {
    expect(sameSources(of('page-0.json', 'apps.csv'), of('apps.csv', 'page-0.json'))).toBe(true)
  })

  it('are others when a page is missing, or a file of one of two sites', () => {
    expect(sameSources(of('page-0.json', 'page-1.json'), of('page-0.json'))).toBe(false)
    const sites = ['x/siteA/devices-page-1.csv', 'x/siteB/devices-page-2.csv']
    expect(sameSources(of(...sites), of(sites[0]!))).toBe(false)
    expect(sameSources(of(...sites), of(sites[0]!, 'x/siteA/devices-page-2.csv'))).toBe(false)
    const lost = [readSource(sites[0]!), { ...readSource(sites[1]!), problem: 'too-large' }]
    expect(sourceNames({ sources: lost })).toEqual(['intune-all-devices sitea/devices-page-#.csv'])
  })

  it('keep what is below the folder that all files of the scan lie in', () => {
    expect(sourceNames(of('a/b/c/2.csv', 'a/b/d/1.csv', 'a/b/x.csv'))).toEqual([
      'intune-all-devices c/#.csv',
      'intune-all-devices d/#.csv',
      'intune-all-devices x.csv',
    ])
    expect(sourceNames(of('/exports/a.csv', '/exports/a.csv'))).toEqual(Array(2).fill('intune-all-devices a.csv'))
    expect(sourceNames(of('a.csv', 'a.csv/b'))).toEqual(['intune-all-devices a.csv', 'intune-all-devices a.csv/b'])
    expect(sourceNames(of())).toEqual([])
  })

  it('are others with another name, another format, or a file that was not read', () => {
    const devices = readSource('devices.csv')
    expect(sameSources(of('devices.csv'), of('apps.csv'))).toBe(false)
    expect(sameSources({ sources: [devices] }, { sources: [{ ...devices, format: 'jamf' }] })).toBe(false)
    expect(sourceNames({ sources: [{ ...devices, problem: 'too-large' }] })).toEqual([])
  })
})
