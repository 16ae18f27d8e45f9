import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/gates/catalogue.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { Policy } from '../../src/policy/policy.js'
import { endpointEntry, type ScanDocument } from '../../src/readiness/scan-document.js'
import { assess, createJudge } from '../../src/readiness/verdict.js'
import {
  codeApp,
  completeList,
  desktopApp,
  type FileSaid,
  joined,
  partialList,
  type Said,
} from '../builders/observations.js'
import { asOf } from '../builders/reading.js'
import { documentOf, scanFiles } from '../builders/scanning.js'

const exclude = [{ department: 'Finance', reason: 'audit' }]
const judge = createJudge(Policy.parse({ scope: { exclude } }), catalogue, asOf)

const some = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const version = fc.constantFrom('1.1.4173', '1.1.4173.0', '1.0.1', '1.24012.9', 'No value')
const app = fc.oneof(
  fc
    .tuple(version, some('/Applications/Claude.app', '/Users/a/.Trash/Claude.app'))
    .map(([text, path]) => desktopApp(text, path)),
  version.map((text) => codeApp(text)),
)
const apps = fc.array(app, { maxLength: 3 })

/** Few values of everything, so that records meet, agree, contradict and tie. */
const said: fc.Arbitrary<Said> = fc.record({
  deviceId: some('1', '2', '3'),
  serial: some('EXAMPLE1', 'example1', 'EXAMPLE2', 'EXAMPLE3', '0'),
  hardwareUuid: some('UUID-A', 'UUID-B'),
  hostname: some('A', 'B'),
  os: some('macOS', 'Windows'),
  osVersion: some('15.6.1', '26.1'),
  user: some('ada', 'bo'),
  department: some('Finance', 'Design'),
  groups: some(['Pilot'], ['Pilot', 'All']),
  lastSeen: some('2026-11-18', '2026-11-17', '2026-01-01', 'never'),
  appsAsOf: some('2026-11-18', '2026-11-17', '2026-01-01'),
  apps: fc.option(
    fc.oneof(
      apps.map((rows) => completeList(...rows)),
      apps.map((rows) => partialList(...rows)),
      fc
        .constantFrom('personal-device', 'error-text', 'name-only')
        .map((reason) => ({ kind: 'unknown', reason }) as const),
    ),
    { nil: undefined },
  ),
  probes: some(
    ...['FH1|ok|t=2026-11-18T06:00:00Z|end', 'FH1|repair|t=2026-11-18T06:00:00Z|end', 'FH1|ok|t=2026'].map((text) => [
      { field: 'Fleet probe', text, asOf: '2026-11-18' },
    ]),
  ),
  extensionAttributes: some({ Health: 'ok' }, { Health: 'bad', Owner: 'IT' }),
})

const files: fc.Arbitrary<FileSaid[]> = fc
  .array(
    fc.record({
      product: fc.constantFrom('intune' as const, 'jamf' as const, 'fleetdm' as const),
      records: fc.array(said, { minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.map((file, index) => ({ name: `file-${index}`, ...file })))

/** Everything that is told of an endpoint, but for numbers of records. */
function told(endpoint: Endpoint): unknown {
  const text = JSON.stringify([endpointEntry(endpoint, assess(endpoint, judge)), endpoint.probe])
  return JSON.parse(text, (key, value: unknown) => (key === 'record' ? undefined : value))
}

describe('what is known of the endpoints', () => {
  it('does not depend on the order of files, nor on the order of records in them', () => {
    const shuffledTwice = files.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.tuple(...list.map(({ records }) => fc.shuffledSubarray([...records], { minLength: records.length }))),
      ),
    )
    fc.assert(
      fc.property(shuffledTwice, ([list, otherFiles, otherRecords]) => {
        const expected = joined(list)
        expect(joined(otherFiles).endpoints.map(told)).toEqual(expected.endpoints.map(told))
        const turned = joined(list.map((file, index) => ({ ...file, records: otherRecords[index]! })))
        expect(turned.endpoints.map(told)).toEqual(expected.endpoints.map(told))
        expect(turned.shared).toEqual(expected.shared)
      }),
      { numRuns: 250 },
    )
  })

  it('is told under ids that are unique, sorted and the same when the files are read again', () => {
    fc.assert(
      fc.property(files, (list) => {
        const ids = joined(list).endpoints.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect([...ids].sort()).toEqual(ids)
        expect(joined(list).endpoints.map(({ id }) => id)).toEqual(ids)
      }),
      { numRuns: 120 },
    )
  })

  it('accounts for every record that has an identity, in exactly one endpoint', () => {
    fc.assert(
      fc.property(files, (list) => {
        const { endpoints, intakes } = joined(list)
        const records = endpoints.flatMap((endpoint) => endpoint.records.map(({ file, record }) => `${file} ${record}`))
        expect(new Set(records).size).toBe(records.length)
        expect(records.length).toBe(intakes.reduce((sum, { accounting }) => sum + accounting.counted, 0))
      }),
      { numRuns: 120 },
    )
  })

  it('never becomes better by a file that has the same and an older copy of Claude', () => {
    fc.assert(
      fc.property(files, (list) => {
        const worse: FileSaid[] = list.map((file) => ({
          ...file,
          records: file.records.map((record) =>
            record.apps?.kind === 'complete' || record.apps?.kind === 'partial'
              ? {
                  ...record,
                  apps: { ...record.apps, rows: [...record.apps.rows, desktopApp('0.9.0', '/z/Claude.app')] },
                }
              : record,
          ),
        }))
        const isReady = (endpoint: Endpoint) => assess(endpoint, judge).state === 'ready'
        expect(joined(worse).endpoints.filter(isReady)).toEqual([])
      }),
      { numRuns: 250 },
    )
  })
})

describe('the document of a scan', () => {
  const row = (index: number, changes: { serial: string; seen: string; department: string; named: boolean }) =>
    [
      `00000000-0000-4000-8000-00000000000${index}`,
      changes.named ? `HOST-${index}` : '',
      changes.seen,
      'Windows',
      changes.named ? '10.0.1' : '',
      changes.serial,
      changes.department,
      'Corporate',
      changes.named ? `user-${index}` : '',
      changes.named ? `user-${index}@example.org` : '',
    ].join(',')
  const devices = fc.array(
    fc.record({
      serial: fc.constantFrom('EXAMPLE1', 'EXAMPLE2', 'EXAMPLE3', ''),
      seen: fc.constantFrom('2026-11-18 07:41:10', '2026-11-10 07:41:10', '2026-09-01 00:00:00', ''),
      department: fc.constantFrom('Finance', 'Design', ''),
      named: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  const appRows = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('Safari', 'Claude', 'Claude for Excel'), version),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  const hosts = fc.array(fc.tuple(fc.constantFrom('EXAMPLE1', 'EXAMPLE2', 'EXAMPLE9'), version), {
    minLength: 1,
    maxLength: 3,
  })

  const deviceHeader =
    'Device ID,Device name,Last check-in,OS,OS version,Serial number,Category,Ownership,Primary user display name,Primary user email address'
  const appHeader =
    'ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationVersion,DeviceId,DeviceName,Platform,OSVersion,UserName,EmailAddress'
  const texts = fc.tuple(devices, appRows, hosts).map(([deviceList, appList, hostList]) => ({
    'devices.csv': { head: deviceHeader, rows: deviceList.map((device, index) => row(index, device)) },
    'apps.csv': {
      head: appHeader,
      rows: appList.map(
        ([index, name, text]) =>
          `k,${name},"Anthropic, PBC",${text},00000000-0000-4000-8000-00000000000${index},APPS-HOST,Windows,10.0.2,apps-user,apps@example.org`,
      ),
    },
    'hosts.json': {
      head: '',
      rows: hostList.map(([serial, text], index) =>
        JSON.stringify({
          id: index,
          uuid: `0A1B2C3D-0000-4000-8000-00000000000${serial.at(-1)}`,
          hardware_serial: serial,
          hostname: 'fleet-host',
          platform: 'windows',
          seen_time: '2026-11-18T00:00:00Z',
          software_updated_at: '2026-11-18T00:00:00Z',
          software: [
            { name: 'Claude', version: text, source: 'programs', vendor: 'Anthropic, PBC' },
            { name: 'Reader', version: '1', source: 'programs', vendor: 'Example' },
          ],
        }),
      ),
    },
  }))
  const orders = texts.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(Object.keys(all) as (keyof typeof all)[], { minLength: 3 }),
      fc.tuple(
        ...Object.values(all).map(({ rows }) => fc.shuffledSubarray(rows, { minLength: rows.length })),
      ) as fc.Arbitrary<[string[], string[], string[]]>,
    ),
  )
  const fileText = (name: string, head: string, rows: readonly string[]) =>
    name.endsWith('.json') ? `{"hosts":[${rows.join(',')}]}` : `${[head, ...rows].join('\n')}\n`

  /** Without what tells the files themselves: numbers of records and digests; what belongs to one in the order of names. */
  function withoutNumbers({ sources, rejected, ...document }: ScanDocument): unknown {
    const byName = <T extends { file: string }>(list: readonly T[]) =>
      [...list].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    const text = JSON.stringify({ ...document, sources: byName(sources), rejected: byName(rejected) })
    return JSON.parse(text, (key, value: unknown) =>
      ['record', 'firstRecord', 'sha256'].includes(key) ? undefined : value,
    )
  }

  it('is the same for any order of files and of records in them', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async ([all, names, rows]) => {
        const keys = Object.keys(all) as (keyof typeof all)[]
        const text = (name: keyof typeof all, list: readonly string[]) =>
          [name, fileText(name, all[name].head, list)] as const
        const policy = { scope: { exclude } }
        const one = documentOf(
          await scanFiles(Object.fromEntries(keys.map((name) => text(name, all[name].rows))), { policy }),
        )
        const other = documentOf(
          await scanFiles(Object.fromEntries(names.map((name) => text(name, all[name].rows))), { policy }),
        )
        const third = documentOf(
          await scanFiles(Object.fromEntries(keys.map((name, index) => text(name, rows[index]!))), { policy }),
        )
        expect(one.sources.map(({ format }) => format)).toEqual([
          'intune-all-devices',
          'intune-app-inventory',
          'fleetdm-hosts-api',
        ])
        expect(withoutNumbers(other)).toEqual(withoutNumbers(one))
        expect(withoutNumbers(third)).toEqual(withoutNumbers(one))
      }),
      { numRuns: 25 },
    )
  })
})
