import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { guardFormula } from '../../../src/platform/csv-cell.js'
import { groupFiles } from '../../../src/waves/groups/index.js'
import { mostDevicesPerFile } from '../../../src/waves/groups/intune.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { company, member, wave } from './members.js'
import { cellsOf, contentsOf, namedIn } from './read-groups.js'

const context = { campaign: 'cowork-otel', organization: 'Acme' }

describe('files', () => {
  const result = groupFiles(company, context)

  it('has these', async () => {
    for (const { path, content } of result.files) await expect(content).toMatchFileSnapshot(`golden/${path}`)
    expect(result.files.map(({ path, endpoints }) => `${path} ${endpoints}`)).toEqual([
      'groups/1-pilot/jamf-static-group.csv 1',
      'groups/1-pilot/intune-devices.csv 1',
      'groups/1-pilot/serials.txt 2',
      'groups/2-wave-1/jamf-static-group.csv 1',
      'groups/2-wave-1/iru-tags.csv 1',
      'groups/2-wave-1/fleet-2-wave-1.labels.yml 2',
      'groups/2-wave-1/serials.txt 3',
      'groups/3-last/jamf-static-group.csv 1',
      'groups/3-last/fleet-3-last.labels.yml 3',
      'groups/3-last/serials.txt 1',
    ])
  })

  it('says whom it could not name', () => {
    expect(result.unlisted).toEqual([
      { wave: 'wave-1', reason: 'no-record', endpoints: 1, examples: ['osquery:build-05'] },
      { wave: 'last', reason: 'ambiguous-id', endpoints: 1, examples: ['fleetdm:16'] },
      { wave: 'last', reason: 'digits', endpoints: 1, examples: ['0000004711'] },
    ])
    expect(result.leftOut).toEqual([
      { wave: 'last', reason: 'digits', endpoints: 1, examples: ['0000004711'], format: 'jamf-pro' },
      { wave: 'last', reason: 'ambiguous-id', endpoints: 1, examples: ['fleetdm:16'], format: 'fleetdm' },
      { wave: 'last', reason: 'formula', endpoints: 1, examples: ['serial:=1+1'], format: 'serial-list' },
      {
        wave: 'last',
        reason: 'no-serial',
        endpoints: 2,
        examples: ['fleetdm:15', 'fleetdm:16'],
        format: 'serial-list',
      },
      { wave: 'last', reason: 'shared-serial', endpoints: 2, examples: ['uuid:0a', 'uuid:0b'], format: 'serial-list' },
    ])
  })

  it('writes nothing for a wave without members', () => {
    expect(groupFiles([wave('pilot', [])], context)).toEqual({ files: [], unlisted: [], leftOut: [] })
  })

  it('counts all whom nobody can name and shows the first five', () => {
    const members = Array.from({ length: 7 }, (_, at) => member(`m${at}`))
    expect(groupFiles([wave('a', members)], context).unlisted).toEqual([
      { wave: 'a', reason: 'no-record', endpoints: 7, examples: ['m0', 'm1', 'm2', 'm3', 'm4'] },
    ])
  })
})

describe('identity', () => {
  it('never lists a serial number that two members bear, in whatever waves', () => {
    const twins = ['abc 1', 'ABC1'].map((serial, at) =>
      member(`t${at}`, { serial, deviceIds: { jamf: `${at + 1}`, fleetdm: `${at + 1}` } }),
    )
    const result = groupFiles([wave('a', [twins[0]!]), wave('b', [twins[1]!])], context)
    expect(namedIn(result, 'a')).toMatchObject({ 'jamf-pro': ['1'], fleetdm: [1], 'serial-list': [] })
    expect(namedIn(result, 'b')).toMatchObject({ 'jamf-pro': ['2'], fleetdm: [2], 'serial-list': [] })
  })

  it('gives the id in place of a serial number that is all digits or no serial number', () => {
    const serials = ['4711', '0', 'NONE', '1.2E+10', undefined]
    const members = serials.map((serial, at) =>
      member(`m${at}`, { serial, deviceIds: { jamf: `${at + 1}`, fleetdm: `${at + 1}` } }),
    )
    expect(namedIn(groupFiles([wave('a', members)], context), 'a')).toEqual({
      'jamf-pro': ['1', '2', '3', '4', '5'],
      intune: [],
      iru: [],
      fleetdm: [1, 2, 3, 4, 5],
      'serial-list': ['4711'],
    })
  })

  it('gives no Fleet id that is the name or serial number of another machine, and its own is no other', () => {
    const numbered = member('a', { hostname: '21', deviceIds: { fleetdm: '21' } })
    const other = member('b', { serial: '22', hostname: 'b', deviceIds: { jamf: '3' } })
    const clash = member('c', { deviceIds: { fleetdm: '22' } })
    const result = groupFiles([wave('a', [numbered, clash]), wave('b', [other])], context)
    expect(namedIn(result, 'a').fleetdm).toEqual([21])
    expect(result.leftOut).toContainEqual(expect.objectContaining({ reason: 'ambiguous-id', examples: ['c'] }))
  })

  it.each(['12a', '0', '-1', '1e3', '../9', '12345678901'])('takes no %s for an id of Jamf Pro or Fleet', (id) => {
    const { files, unlisted } = groupFiles(
      [wave('a', [member('m', { deviceIds: { jamf: id, fleetdm: id } })])],
      context,
    )
    expect(files).toEqual([])
    expect(unlisted).toMatchObject([{ reason: 'no-serial' }])
  })

  it.each(['../x', 'a/b', 'a b', '-a', '=1+1', 'a\nb', 'a,b', 'a"b', ''])(
    'takes no %j for an id of Intune or Iru',
    (id) => {
      const { files, unlisted } = groupFiles(
        [wave('a', [member('m', { deviceIds: { intune: id, iru: id } })])],
        context,
      )
      expect(files).toEqual([])
      expect(unlisted).toMatchObject([{ reason: 'unusable-id' }])
    },
  )
})

describe('hostile values', () => {
  const cases = [
    ['=1+1', 'formula'],
    ['@SUM(A1)', 'formula'],
    ['+A', 'formula'],
    ['-A1', 'formula'],
    ['＝1+1', 'formula'],
    ['A\u0001B', 'invisible'],
    ['A\u202eB', 'invisible'],
    ['A,B', 'mark'],
    ['A;B', 'mark'],
    ['A"B', 'mark'],
    ["A'B", 'mark'],
    ['#A1', 'mark'],
  ] as const

  it.each(cases)('leaves the serial number %j out of lists and says why', (serial, reason) => {
    const { files, leftOut, unlisted } = groupFiles(
      [wave('a', [member('m', { serial, deviceIds: { jamf: 'x' } })])],
      context,
    )
    expect(files).toEqual([])
    const missing = { wave: 'a', reason, endpoints: 1, examples: ['m'] }
    expect(unlisted).toEqual([missing])
    expect(leftOut).toEqual([
      { ...missing, format: 'jamf-pro' },
      { ...missing, format: 'serial-list' },
    ])
  })

  it('keeps serial numbers of other scripts exact', () => {
    const { files } = groupFiles([wave('a', [member('m', { serial: 'ÑANDÚ日本1' })])], context)
    expect(files.map(({ content }) => content)).toEqual(['ÑANDÚ日本1\n'])
  })

  // What YAML 1.1 or 1.2 would read as something else than a text, or as the end of one.
  const yamlTraps = [
    'NO',
    'yes',
    'TRUE',
    '~A',
    '1E',
    '0x1F',
    '0o17',
    '1_000',
    '.INF',
    '.5',
    '2026-11-30',
    '12:30',
    '<<',
  ]
  const yamlMarks = [
    '- A',
    'A: B',
    'A #B',
    '[A]',
    '{A}',
    '*A',
    '&A',
    '!A',
    '%A',
    '|A',
    '>A',
    '`A',
    '?A',
    'A\\B',
    "'A",
    '"A',
  ]
  const dollars = ['$HOME', `\${HOME}`, '$$1', '\\$A', '$FLEET_VAR_X']

  it.each([...yamlTraps, ...yamlMarks, ...dollars, '=1+1', 'A,B'])('lets the label file give back %j', (serial) => {
    const result = groupFiles([wave('a', [member('m', { serial, deviceIds: { fleetdm: '5' } })])], context)
    expect(namedIn(result, 'a').fleetdm).toEqual([serial])
    expect(contentsOf(result, 'fleetdm', 'a').join()).not.toContain('$')
  })

  it.each(hostileTexts)('keeps every row its own with %j as name, address, serial number and campaign', (text) => {
    const hostile = `${text}\nbd4eb679-evil,x\r\n"x`
    const given = { hostname: hostile, email: text, serial: text, deviceIds: { intune: 'id-1', iru: 'id-2' } }
    const plain = member('n', { serial: 'EXAMPLE1', deviceIds: { intune: 'id-3', iru: 'id-4', fleetdm: '9' } })
    const names = { campaign: text, organization: text }
    const result = groupFiles([wave('a', [member('m', given), plain])], names)
    for (const [format, ids] of [
      ['intune', ['id-1', 'id-3']],
      ['iru', ['id-2', 'id-4']],
    ] as const) {
      const [content = ''] = contentsOf(result, format, 'a')
      expect(namedIn(result, 'a')[format]).toEqual(ids)
      // A script that knows nothing of quotes sees the same rows, and the same ids.
      const naive = content.split(/\r?\n/).slice(1, -1)
      expect(naive.map((line) => line.split(',')[0]!.replaceAll('"', ''))).toEqual(ids)
      for (const row of cellsOf(content)) {
        expect(row).toHaveLength(4)
        for (const cell of row) expect(guardFormula(cell)).toBe(cell)
      }
    }
    const [label = ''] = contentsOf(result, 'fleetdm', 'a')
    const [{ name, description }] = load(label) as [{ name: string; description: string }]
    expect(parse(label)).toEqual(load(label))
    expect(name).toBe(cellsOf(contentsOf(result, 'iru', 'a')[0]!)[1]![3])
    expect(description).not.toMatch(/\p{Cc}/u)
    expect(label).not.toContain('$')
  })
})

it('splits what is too long for one import, and loses nobody', () => {
  const members = Array.from({ length: mostDevicesPerFile * 2 + 1 }, (_, at) =>
    member(`m${at}`, { deviceIds: { intune: `id-${at}` } }),
  )
  const { files } = groupFiles([wave('a', members)], context)
  expect(files.map(({ path, endpoints }) => [path, endpoints])).toEqual([
    ['groups/a/intune-devices-1.csv', mostDevicesPerFile],
    ['groups/a/intune-devices-2.csv', mostDevicesPerFile],
    ['groups/a/intune-devices-3.csv', 1],
  ])
  const heads = files.map(({ content }) => content.split('\n')[0])
  expect(new Set(heads)).toEqual(new Set(['"IntuneDeviceId","DeviceName","SerialNumber","EmailAddress"']))
  const ids = files.flatMap(({ content }) =>
    cellsOf(content)
      .slice(1)
      .map(([id]) => id),
  )
  expect(ids).toEqual(members.map(({ deviceIds }) => deviceIds.intune))
})
