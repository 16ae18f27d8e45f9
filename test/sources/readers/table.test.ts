import { describe, expect, it } from 'vitest'
import type { Endpoint, ProductStatus } from '../../../src/inventory/endpoint.js'
import { buildInventory } from '../../../src/inventory/inventory.js'
import { ObservationStore } from '../../../src/inventory/observation-store.js'
import { sources } from '../../../src/sources/index.js'
import { source as intuneDevices } from '../../../src/sources/intune-devices.js'
import type { Mapping } from '../../../src/sources/mapping.js'
import { type FileReport, readExport } from '../../../src/sources/read-exports.js'
import { foldName, shiftedColumn, tableHeader } from '../../../src/sources/readers/table-header.js'
import { inputOf } from '../../builders/input.js'
import { asOf, readFileOf } from '../../builders/reading.js'

const devices: Mapping = {
  deviceId: 'Id',
  serial: 'Serial',
  hostname: 'Name',
  lastSeen: 'Seen',
  'desktop.version': 'Claude',
}
const apps: Mapping = { deviceId: 'Id', 'app.name': 'App', 'app.version': 'Version', 'app.publisher': 'Maker' }
const lines = (...rows: readonly string[]) => `${rows.join('\n')}\n`

async function readTable(text: string | Uint8Array, mapping: Mapping = devices) {
  const { report, endpoints } = await readFileOf('table.csv', text, { mappings: [mapping] })
  expect(report.counted + report.rejected).toBe(report.records)
  return { report, endpoints }
}

const fate = (report: FileReport) => [
  report.counted,
  ...report.rejects.map(({ record, line, reason }) => `${record}/${line} ${reason}`),
]
const noticeCodes = (report: FileReport) => report.notices.map(({ code, records }) => `${code} ${records}`)
const inShort = (status: ProductStatus) =>
  status.status === 'installed'
    ? status.copies.map(({ version }) => version).join(' ')
    : status.status === 'absent'
      ? 'absent'
      : status.reason
const identities = (endpoints: readonly Endpoint[]) => endpoints.map(({ id, hostname }) => `${id} ${hostname}`)

const header = 'Name,Id,Serial,Seen,Claude'
const row = (index: number) => `HOST-${index},${index},EXAMPLE${index},2026-11-18T00:00:00Z,1.1.4173`

describe('the names of columns', () => {
  it.each([
    ['Computer Name', 'computer_name'],
    [' Computer  Name ', 'COMPUTER NAME'],
    ['Computer\u00a0Name', 'Computer Name'],
    ['\ufeffSerial', 'serial'],
  ])('%j is %j', (one, other) => {
    expect(foldName(one)).toBe(foldName(other))
    expect(tableHeader([one]).has(other)).toBe(true)
  })

  it('must all be there', () => {
    expect(tableHeader(['A', 'B']).has('a', 'b')).toBe(true)
    expect(tableHeader(['A', 'B']).has('a', 'c')).toBe(false)
  })
})

describe('a table', () => {
  it('gives an endpoint for each row', async () => {
    const { report, endpoints } = await readTable(lines(header, row(1), row(2)))
    expect(fate(report)).toEqual([2])
    expect(identities(endpoints)).toEqual(['EXAMPLE1 HOST-1', 'EXAMPLE2 HOST-2'])
    expect(endpoints.map(({ desktop }) => inShort(desktop))).toEqual(['1.1.4173', '1.1.4173'])
    expect(endpoints[0]?.desktop).toMatchObject({
      deciding: { receipt: { file: 'table.csv', record: 1, field: 'Claude', value: '1.1.4173' } },
    })
  })

  it.each([
    ['longer than its header by empty cells is fine', `${row(1)},,`, [1], []],
    ['longer than its header is left out', `${row(1)},,x`, [0, '1/2 too-many-cells'], []],
    ['shorter than its header is filled up', 'HOST-1,1,EXAMPLE1', [1], ['short-rows 1']],
    ['without identity is left out', 'HOST-1,,,2026-11-18T00:00:00Z,1', [0, '1/2 no-identity'], []],
    ['like the header is passed over', header, [1], []],
    ['almost like the header is a record', 'Name,Id,Serial,Seen,Version', [1], ['date-unreadable 1']],
    ['with a total is passed over', 'Total,,,,', [1], ['footer 1']],
    ['with a total, cut short, is passed over', 'Total: 3', [1], ['footer 1']],
    ['with a total in its second cell only is a record', 'Sum of all,1,EXAMPLE1,,', [1], []],
    ['of one cell is a remark', 'printed by ada', [1], ['footer 1']],
    ['with text behind a quote is left out', '"HOST"-1,1,EXAMPLE1,,', [0, '1/2 text-after-quote'], []],
    ['with an open quote is left out', '"HOST-1,1,EXAMPLE1,,', [0, '1/2 unclosed-quote'], []],
  ])('a row %s', async (_, text, expected, notices) => {
    const { report } = await readTable(lines(header, text))
    expect(fate(report)).toEqual(expected)
    expect(noticeCodes(report)).toEqual(notices)
  })

  it('that ends in the middle of a row has lost that row', async () => {
    const whole = lines(header, row(1), row(2))
    const cut = await readTable(whole.slice(0, -30))
    expect(fate(cut.report)).toEqual([1, '2/3 cut-off'])
    expect(identities(cut.endpoints)).toEqual(['EXAMPLE1 HOST-1'])
    expect(fate((await readTable(whole.slice(0, -1))).report)).toEqual([2])
    expect(fate((await readTable(`${lines(header, row(1))}HOST`)).report)).toEqual([1, '2/3 cut-off'])
    expect(fate((await readTable(`${lines(header, row(1))}Total: 1`)).report)).toEqual([2])
  })

  it('may have titles above its header, quoted in any way', async () => {
    const { report, endpoints } = await readTable(lines('"All" devices', 'Filter: "none"', '', header, row(1)))
    expect(fate(report)).toEqual([1])
    expect(endpoints).toHaveLength(1)
    expect(report.rejects).toEqual([])
  })

  it('takes the first column of a field that says something', async () => {
    const text = lines('Id,Name,Serial,name', '1,,X1,HOST', '2,FIRST,X2,SECOND')
    const { report, endpoints } = await readTable(text, { deviceId: 'Id', serial: 'Serial', hostname: 'Name' })
    expect(identities(endpoints)).toEqual(['X1 HOST', 'X2 FIRST'])
    expect(noticeCodes(report)).toEqual(['duplicate-column 0'])
    const unnamed = await readTable(lines('Id,,Name,,Serial', '1,x,A,y,X1'), {
      deviceId: 'Id',
      serial: 'Serial',
      hostname: 'Name',
    })
    expect(noticeCodes(unnamed.report)).toEqual([])
  })

  it.each([
    ['EXAMPLE00001', ' example 00001'],
    ['AB12CD34', 'ab12cd34'],
    ['EXAMPLE-0001', 'example-0001'],
    ['ÉX1', 'e\u0301x1'],
  ])('has one serial number, however it is written: %j, %j', async (one, other) => {
    const { endpoints } = await readTable(lines(header, `A,1,${one},,`, `A,2,"${other}",,`))
    expect(endpoints.map(({ records }) => records.length)).toEqual([2])
  })

  it('composes letters and their marks in what is shown', async () => {
    const { endpoints } = await readTable(lines(header, 'Zoe\u0308s Mac,1,EXAMPLE1,,'))
    expect(endpoints[0]?.hostname).toBe('Zoës Mac')
  })

  it('takes ids of any length', async () => {
    const long = 'Ab'.repeat(1000)
    const { endpoints } = await readTable(lines(header, `A,${long},,,`, `B,${long}X,,,`))
    expect(endpoints.map(({ id }) => id.length)).toEqual([
      long.length + 'custom:'.length,
      long.length + 'custom:x'.length,
    ])
  })

  it.each([
    ['', 'no-app-list'],
    ['--', 'no-app-list'],
    ['1.1.4173', '1.1.4173'],
    ['not installed', 'absent'],
    ['yes', 'yes'],
  ])('with a version of its own: %j is %s', async (version, expected) => {
    const { endpoints } = await readTable(lines(header, `A,1,EXAMPLE1,,${version}`))
    expect(inShort(endpoints[0]!.desktop)).toBe(expected)
    if (expected === 'absent') expect(inShort(endpoints[0]!.code)).toBe('partial-list')
  })

  it('reads both versions of its own', async () => {
    const { endpoints } = await readTable(lines('Id,D,C', '1,1.1.4173,2.1.0'), {
      deviceId: 'Id',
      'desktop.version': 'D',
      'code.version': 'C',
    })
    expect([inShort(endpoints[0]!.desktop), inShort(endpoints[0]!.code)]).toEqual(['1.1.4173', '2.1.0'])
  })

  it('proves the order of day and month by any of its first rows', async () => {
    const seen = async (...dates: readonly string[]) => {
      const rows = dates.map((date, index) => `A,${index},EXAMPLE${index},${date},`)
      return (await readTable(lines(header, ...rows))).endpoints[0]?.lastSeen
    }
    expect(await seen('03/04/2026', '13/04/2026')).toBe(Date.UTC(2026, 3, 3))
    expect(await seen('03/04/2026', '04/13/2026')).toBe(Date.UTC(2026, 2, 4))
    expect(await seen('03/04/2026', '05/06/2026')).toBeUndefined()
  })
})

describe('a table of apps', () => {
  const appHeader = 'Id,App,Version,Maker'
  const claude = (id: string, version = '1.1.4173') => `${id},Claude,${version},"Anthropic, PBC"`
  const other = (id: string, name = 'Safari') => `${id},${name},1,Example`

  it('gathers the rows of an endpoint, wherever they stand', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => other(`other-${index}`))
    const { report, endpoints } = await readTable(
      lines(
        appHeader,
        claude('a', '1.2.0'),
        other('b'),
        claude('A', '1.1.4173'),
        ...many,
        claude('a', '1.3.0'),
        other('a', 'Mail'),
      ),
      apps,
    )
    expect(report.counted).toBe(3005)
    expect(endpoints).toHaveLength(3002)
    const endpoint = endpoints.find(({ id }) => id === 'custom:a')!
    expect(inShort(endpoint.desktop)).toBe('1.1.4173 1.2.0 1.3.0')
    expect(endpoint.records.map(({ record, apps: kind }) => [record, kind])).toEqual([[1, 'complete']])
    expect(endpoint.desktop).toMatchObject({
      deciding: { receipt: { record: 3, field: 'Version', value: '1.1.4173' } },
    })
    expect(inShort(endpoints.find(({ id }) => id === 'custom:b')!.desktop)).toBe('absent')
  })

  it.each([
    ['only Claude', [claude('1')], 'filtered-list'],
    ['Claude and another app', [claude('1'), other('1')], 'absent'],
    ['one other app', [other('1')], 'filtered-list'],
    ['one other app, again and again', [other('1'), other('1'), other('1')], 'filtered-list'],
    ['two other apps', [other('1'), other('1', 'Mail')], 'absent'],
    ['two other apps of equal length', [other('1', 'Maps'), other('1', 'Mail')], 'absent'],
    ['one look-alike', ['1,Claude for Excel,1,"Anthropic, PBC"'], 'filtered-list'],
    ['an app that is named in another case', [other('1', 'CLAUDE'), other('1', 'Mail')], 'absent'],
    ['no app', ['1,,,'], 'no-app-list'],
  ])('of %s: Claude Code is %s', async (_, rows, expected) => {
    const { endpoints } = await readTable(lines(appHeader, ...rows), apps)
    expect(inShort(endpoints[0]!.code)).toBe(expected)
  })

  it.each([
    ['1.1.4173', '1.2.0', '1.1.4173', 'Long'],
    ['', '1.2.0', '1.2.0', 'Short'],
    ['n/a', '1.2.0', '1.2.0', 'Short'],
    ['n/a', '', 'n/a', 'Long'],
    ['', 'No value', 'No value', 'Short'],
    ['', '', '', 'Long'],
  ])('takes the first version that says something: %j, %j is %j of %s', async (long, short, version, field) => {
    const source = {
      ...intuneDevices,
      formats: [
        {
          kind: 'table' as const,
          matches: () => true,
          columns: {
            deviceId: ['Id'],
            'app.name': ['App'],
            'app.publisher': ['Maker'],
            'app.version': ['Long', 'Short'],
          },
        },
      ],
    }
    const text = lines('Id,App,Long,Short,Maker', `1,Claude,${long},${short},Anthropic`)
    const { endpoints } = await readFileOf('apps.csv', text, { sources: [source] })
    expect(endpoints[0]?.desktop).toMatchObject({ deciding: { receipt: { value: version, field } } })
  })

  it('finds Claude by bundle id where the name says nothing', async () => {
    const mapping: Mapping = {
      deviceId: 'Id',
      'app.name': 'App',
      'app.bundleId': 'Bundle',
      'app.version': 'V',
      'app.path': 'P',
    }
    const { endpoints } = await readTable(
      lines(
        'Id,App,Bundle,V,P',
        '1,Renamed,com.anthropic.claudefordesktop,1.1.4173,/Applications/X.app',
        '1,Mail,,1,',
        '2,,com.apple.mail,1,',
      ),
      mapping,
    )
    expect(endpoints.map(({ desktop }) => inShort(desktop))).toEqual(['1.1.4173', 'absent'])
    expect(endpoints[0]?.desktop).toMatchObject({ deciding: { path: '/Applications/X.app' } })
  })

  it('keeps apart what differs in anything but the endpoint', async () => {
    const mapping: Mapping = {
      deviceId: 'Id',
      os: 'OS',
      'app.name': 'App',
      'app.version': 'V',
      'app.publisher': 'M',
      'app.path': 'P',
    }
    const { endpoints } = await readTable(
      lines(
        'Id,OS,App,V,M,P',
        '1,macOS,Claude,1.1.4173,,/Applications/Claude.app',
        '2,macOS,Claude,1.1.4173,,/Users/a/.Trash/Claude.app',
        '3,macOS,Claude,1.1.4173,Somebody,/Applications/Claude.app',
        '4,linux,Claude,1.1.4173,,/Applications/Claude.app',
        '5,macOS,Claude,1.1.4174,,/Applications/Claude.app',
        '6,macOS,Claude,1.1.4173,,/Applications/Claude.app',
        ...['1', '2', '3', '4', '5', '6'].map((id) => `${id},macOS,Mail,1,,`),
      ),
      mapping,
    )
    expect(endpoints.map(({ desktop }) => inShort(desktop))).toEqual([
      '1.1.4173',
      'absent',
      'absent',
      'name-only',
      '1.1.4174',
      '1.1.4173',
    ])
  })
})

describe('columns that do not hold what they say', () => {
  const format = intuneDevices.formats.find(({ kind }) => kind === 'table')
  if (format?.kind !== 'table') throw new Error('no table')
  const names = ['DeviceId', 'SerialNumber', 'LastContact']
  const shifted = (...rows: readonly (readonly [string, string, string])[]) =>
    shiftedColumn(format, names, rows)?.column

  it.each([
    ['addresses for serial numbers', 'SerialNumber', ['a', '192.0.2.1', '2026-11-18']],
    ['dates for serial numbers', 'SerialNumber', ['a', '2026-11-18 07:41:10', '2026-11-18']],
    ['mail for ids', 'DeviceId', ['ada@example.org', 'X1', '2026-11-18']],
    ['words for dates', 'LastContact', ['a', 'X1', 'Finance']],
    ['nothing wrong', undefined, ['a', 'X1', '2026-11-18']],
    ['dates that were never', undefined, ['a', 'X1', 'Never']],
    ['dates that are not known', undefined, ['a', 'X1', 'Unknown']],
    ['dates without an order', undefined, ['a', 'X1', '03/04/2026']],
  ] as const)('%s', (_, expected, cells) => {
    expect(shifted(cells, cells, cells)).toBe(expected)
  })

  it('need more than half of at least three cells', () => {
    const wrong = ['a', '192.0.2.1', '2026-11-18'] as const
    const good = ['a', 'X1', '2026-11-18'] as const
    expect(shifted(wrong, wrong)).toBeUndefined()
    expect(shifted(wrong, wrong, good)).toBe('SerialNumber')
    expect(shifted(wrong, wrong, good, good)).toBeUndefined()
    expect(shifted(wrong, ['a', '', ''], ['a', ' ', ''])).toBeUndefined()
  })
})

describe('a file that turns out not to be what it began as', () => {
  const first = lines(header, ...Array.from({ length: 12_000 }, (_, index) => row(index)))
  const late = Buffer.concat([
    Buffer.from(first),
    Buffer.from([0x4d, 0xfc, 0x6c, 0x6c]),
    Buffer.from(',last,LAST0001,,\n'),
  ])

  it('is read again as Windows-1252, and counted once', async () => {
    const { report, endpoints } = await readTable(late)
    expect([report.encoding, report.records, report.counted]).toEqual(['windows-1252', 12_001, 12_001])
    expect(endpoints).toHaveLength(12_001)
    expect(endpoints.find(({ id }) => id === 'LAST0001')?.hostname).toBe('Müll')
    expect(endpoints.every(({ hasDuplicates }) => !hasDuplicates)).toBe(true)
  })

  it('leaves no trace where it cannot be read again', async () => {
    const store = new ObservationStore()
    const options = {
      sources,
      asOf,
      mappings: [{ ...devices, os: 'OS', 'desktop.version': 'Claude' }, apps] as Mapping[],
    }
    const withSystems = late
      .toString('latin1')
      .replaceAll('\n', ',Windows\n')
      .replace(`${header},Windows`, `${header},OS`)
    const { file: _, ...stdin } = inputOf('stdin', Buffer.from(withSystems, 'latin1'))
    const report = await readExport(stdin, store, options)
    expect([report.problem?.code, report.records, report.counted]).toEqual(['encoding-changed', 0, 0])
    await readExport(inputOf('apps.csv', lines('Id,App,Version,Maker', '1,,,', '2,,,')), store, options)
    const endpoints = [...buildInventory(store, { asOf, maximumAgeDays: 30 }).sortedById()]
    expect(endpoints.map(({ id, platform, desktop }) => [id, platform, inShort(desktop)])).toEqual([
      ['custom:1', 'unknown', 'no-app-list'],
      ['custom:2', 'unknown', 'no-app-list'],
    ])
  })
})

describe('an app whose name does not say Claude', () => {
  it('is looked at when its bundle id does', async () => {
    const text = lines('Id,App,Bundle', '1,Assistant,org.example.claude-rebuild', '1,Chrome,com.google.Chrome')
    const mapping: Mapping = { deviceId: 'Id', 'app.name': 'App', 'app.bundleId': 'Bundle' }
    const { report } = await readTable(text, mapping)
    expect([...report.lookAlikes.values()].map(({ name }) => name)).toEqual(['Assistant'])
  })
})
