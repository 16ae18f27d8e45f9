import { describe, expect, it } from 'vitest'
import { writeProbeLine } from '../../src/health/probe-line.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { readFileOf, readFiles } from '../builders/reading.js'

const device = '3f0c1f6e-0000-4000-8000-000000000001'
const lineAt = (at: string, desktopVersion = '1.1.4173') =>
  writeProbeLine({ platform: 'windows', desktopVersion, blocked: ['all-off', 'sideload'], at }, 'repair')
const line = lineAt('2026-11-18T03:12:40Z')
const lineOf = ({ probe }: Endpoint) => probe?.receipt.value

const devices = `Device ID,Device name,Last check-in,OS,OS version,Serial number
${device},HQ-LT-0001,2026-11-18 07:41:10,Windows,10.0.26100,EXAMPLE00001
`
const remediation = (
  pre: string,
  post = '',
) => `DeviceId,DeviceName,ModifiedTime,PostRemediationDetectionScriptOutput,PreRemediationDetectionScriptOutput
${device},OTHER-NAME,2026-11-18T03:12:44Z,${post},${pre}
`

describe('a remediation', () => {
  it.each([
    ['devices first', ['devices.csv', 'states.csv']],
    ['devices last', ['states.csv', 'devices.csv']],
  ])('is joined to the devices export by device id, with %s', async (_, order) => {
    const texts: Record<string, string> = { 'devices.csv': devices, 'states.csv': remediation(line) }
    const { endpoints } = await readFiles(Object.fromEntries(order.map((name) => [name, texts[name]!])))
    expect(endpoints).toHaveLength(1)
    expect(endpoints[0]).toMatchObject({
      id: 'EXAMPLE00001',
      hostname: 'HQ-LT-0001',
      hasDuplicates: false,
      isAcrossProducts: false,
      probe: {
        reading: { kind: 'line', word: 'repair' },
        receipt: { file: 'states.csv', record: 1, field: 'PreRemediationDetectionScriptOutput', value: line },
        asOf: Date.UTC(2026, 10, 18, 3, 12, 44),
      },
    })
  })

  it('alone makes an endpoint that never checked in', async () => {
    const { endpoints } = await readFileOf('states.csv', remediation(line))
    expect(endpoints.map(({ id, lastSeen, hostname }) => [id, lastSeen, hostname])).toEqual([
      [`intune:${device}`, undefined, 'OTHER-NAME'],
    ])
  })

  it.each([
    ['the second detection where both are of one second', line, lineAt('2026-11-18T03:12:40Z', '1.0.0'), 'post'],
    ['the second detection where it is newer', line, lineAt('2026-11-18T03:13:40Z'), 'post'],
    ['the first detection where the second is older', line, lineAt('2026-11-17T03:13:40Z'), 'pre'],
    ['the first detection where the second was cut', line, line.slice(0, -4), 'pre'],
    ['the second detection where the first was cut', line.slice(0, -4), line, 'post'],
    ['the first detection where the second is empty', line, '', 'pre'],
  ])('is %s', async (_, pre, post, expected) => {
    const inCsv = await readFileOf('states.csv', remediation(pre, post))
    const state = {
      deviceId: device,
      preRemediationDetectionScriptOutput: pre,
      postRemediationDetectionScriptOutput: post,
    }
    const inJson = await readFileOf('states.json', JSON.stringify({ value: [state] }))
    for (const { endpoints, report } of [inCsv, inJson]) {
      expect(report.format).toBe('intune-remediation-states')
      expect(lineOf(endpoints[0]!)).toBe(expected === 'pre' ? pre : post)
    }
  })

  it('of several scripts is one endpoint, whose newest line counts', async () => {
    const row = (text: string) => `${device},A,2026-11-18T03:12:44Z,,${text}\n`
    const head = remediation('').split('\n', 1)[0]
    const { endpoints } = await readFileOf('states.csv', `${head}\n${row('')}${row(line)}${row('All is well')}`)
    expect(endpoints).toHaveLength(1)
    expect(endpoints[0]).toMatchObject({ hasDuplicates: false, probe: { receipt: { record: 2 } } })
  })
})

describe('columns that a policy names', () => {
  const probeColumns = ['Claude health']
  it.each([
    ['a computer search', 'Computer Name,JSS Computer ID,Last Check-in,Claude Health\nA,1,2026-11-18,TEXT\n'],
    ['a devices export', 'Device ID,Device name,Last check-in,claude_health\nA,A,2026-11-18 00:00:00,TEXT\n'],
    [
      'a report of Fleet',
      '{"query_id":1,"results":[{"host_id":1,"last_fetched":"2026-11-18T00:00:00Z","columns":{"claude-health":"TEXT"}}]}',
    ],
    [
      'a result log',
      '{"name":"q","hostIdentifier":"A","unixTime":1763424000,"action":"snapshot","snapshot":[{"claude_health":"TEXT"}]}',
    ],
    [
      'decorations at the top of a line',
      '{"name":"q","hostIdentifier":"A","unixTime":1763424000,"claude_health":"TEXT","action":"snapshot","snapshot":[]}',
    ],
  ])('are read in %s', async (_, text) => {
    const content = text.replace('TEXT', `> ${line}`)
    expect((await readFileOf('file', content, { probeColumns })).endpoints.map(lineOf)).toEqual([line])
    expect((await readFileOf('file', content)).endpoints.map(lineOf)).toEqual([undefined])
  })

  it('never take a column that says something else', async () => {
    const text = 'Device ID,Device name,Last check-in\nA,HQ-1,2026-11-18 00:00:00\n'
    const { endpoints, report } = await readFileOf('file', text, { probeColumns: ['Device name'] })
    expect([endpoints[0]!.hostname, report.notices.some(({ code }) => code === 'no-probe-line')]).toEqual([
      'HQ-1',
      false,
    ])
  })
})

describe('a list mapped by hand', () => {
  const mappings = [{ serial: 'S', probe: 'Health' }]
  it.each([
    ['CSV', `S,Health\nEXAMPLE00001,"log\n${line}"\nEXAMPLE00002,\nEXAMPLE00003,no\n`],
    [
      'JSON',
      JSON.stringify([
        { S: 'EXAMPLE00001', Health: `log\n${line}` },
        { S: 'EXAMPLE00002', Health: null },
        { S: 'EXAMPLE00003', Health: 'no' },
      ]),
    ],
  ])('has a probe column, in %s', async (_, text) => {
    const { endpoints, report } = await readFileOf('list', text, { mappings })
    expect(report.format).toBe('mapped-list')
    expect(endpoints.map(({ probe }) => [probe?.receipt.field, probe?.receipt.value])).toEqual([
      ['Health', line],
      [undefined, undefined],
      [undefined, undefined],
    ])
    expect(report.notices.find(({ code }) => code === 'no-probe-line')?.message).toMatch(
      /^A cell for the probe line holds/,
    )
  })
})

describe('a result log', () => {
  const at = (time: string, more: object) =>
    JSON.stringify({ name: 'q', hostIdentifier: 'A', unixTime: Date.parse(time) / 1000, ...more })
  const [first, second] = [lineAt('2026-11-18T01:00:00Z'), lineAt('2026-11-18T02:00:00Z')]
  const snapshot = (text: string | undefined, time: string) =>
    at(time, { action: 'snapshot', snapshot: text === undefined ? [] : [{ fleet_probe: text }] })
  const change = (action: string, text: string, time: string) => at(time, { action, columns: { fleet_probe: text } })

  it.each([
    [
      'has the line of its last snapshot',
      [snapshot(first, '2026-11-18T01:05:00Z'), snapshot(second, '2026-11-18T02:05:00Z')],
      second,
    ],
    [
      'has none after a snapshot without one',
      [snapshot(first, '2026-11-18T01:05:00Z'), snapshot(undefined, '2026-11-18T02:05:00Z')],
      undefined,
    ],
    [
      'is not put back by an older snapshot',
      [snapshot(second, '2026-11-18T02:05:00Z'), snapshot(first, '2026-11-18T01:05:00Z')],
      second,
    ],
    [
      'is not emptied by an older snapshot',
      [snapshot(second, '2026-11-18T02:05:00Z'), snapshot(undefined, '2026-11-18T01:05:00Z')],
      second,
    ],
    [
      'has the line that was added last',
      [
        change('added', first, '2026-11-18T01:05:00Z'),
        change('removed', first, '2026-11-18T02:05:00Z'),
        change('added', second, '2026-11-18T02:05:00Z'),
      ],
      second,
    ],
    [
      'whatever the order of the changes',
      [
        change('added', first, '2026-11-18T01:05:00Z'),
        change('added', second, '2026-11-18T02:05:00Z'),
        change('removed', first, '2026-11-18T02:05:00Z'),
      ],
      second,
    ],
    [
      'has none where the line was removed',
      [change('added', first, '2026-11-18T01:05:00Z'), change('removed', first, '2026-11-18T02:05:00Z')],
      undefined,
    ],
    [
      'has the newest of several queries and of decorations',
      [
        snapshot(first, '2026-11-18T02:05:00Z'),
        at('2026-11-18T02:05:00Z', {
          name: 'other',
          action: 'added',
          columns: { days: '3' },
          decorations: { 'Fleet probe': second },
        }),
      ],
      second,
    ],
  ])('%s', async (_, lines, expected) => {
    const { endpoints } = await readFileOf('results.log', `${lines.join('\n')}\n`)
    expect(endpoints.map(lineOf)).toEqual([expected])
  })
})

it('the results of one host take their time from outside the list', async () => {
  const results = [{ columns: { fleet_probe: line } }]
  const report = { query_id: 1, host_id: 7, last_fetched: '2026-11-18T06:10:00Z', report_clipped: false, results }
  const { endpoints } = await readFileOf('report.json', JSON.stringify(report))
  expect(endpoints[0]).toMatchObject({ id: 'fleetdm:7', probe: { asOf: Date.UTC(2026, 10, 18, 6, 10) } })
})

describe('a cell', () => {
  const search = (cell: string) =>
    `Computer Name,JSS Computer ID,Last Check-in,Fleet probe\nA,1,2026-11-18,"${cell.replaceAll('"', '""')}"\n`

  it.each([
    ['cut at 2,048 characters', `${'x'.repeat(1000)} FH1|ok|${'a=1|'.repeat(400)}`.slice(0, 2048), 'cut'],
    ['of exactly 2,048 characters with its line at the end', line.padStart(2048, '.'), 'line'],
    ['with a line in quotes', `"${line}"`, 'line'],
    ['with a line as a web page shows it', `<result>${line}</result>`, 'line'],
    ['of a form that is not known yet', line.replace('FH1', 'FH2'), 'newer'],
    ['with two lines, the last of which was cut', `${line}\n${line.slice(0, 40)}`, 'cut'],
  ])('%s', async (_, cell, kind) => {
    const { endpoints } = await readFileOf('search.csv', search(cell))
    expect(endpoints[0]?.probe?.reading.kind).toBe(kind)
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(search(cell), 'utf16le')])
    expect((await readFileOf('search.csv', utf16)).endpoints[0]?.probe).toEqual(
      endpoints[0]?.probe && { ...endpoints[0].probe },
    )
  })
})
