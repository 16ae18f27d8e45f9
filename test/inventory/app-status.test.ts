import { describe, expect, it } from 'vitest'
import type { Endpoint, ProductStatus } from '../../src/inventory/endpoint.js'
import type { AppListProblem } from '../../src/inventory/observation.js'
import {
  codeApp,
  completeList,
  desktopApp,
  type FileSaid,
  joined,
  onlyEndpoint,
  partialList,
  type Said,
} from '../builders/observations.js'

const mac = { serial: 'EXAMPLE1', os: 'macOS' }
const newer = '2026-11-18T00:00:00Z'
const older = '2026-11-10T00:00:00Z'

const said = (...records: readonly Said[]): Endpoint =>
  onlyEndpoint({ records: records.map((one) => ({ ...mac, ...one })) })

/** One file a record: lists of different files are different lists. */
const saidApart = (...records: readonly Said[]): Endpoint =>
  onlyEndpoint(...records.map((one): FileSaid => ({ records: [{ ...mac, ...one }] })))

/** A status in a word: a version, `absent`, or why it is not known. */
function inShort(status: ProductStatus): string {
  if (status.status !== 'installed') return status.status === 'absent' ? 'absent' : status.reason
  return (
    status.deciding.version + (status.disagreement ? ', disagreement' : '') + (status.unreadable ? ', unreadable' : '')
  )
}

describe('one list of apps', () => {
  it('shows what is in it, and what is not when it is complete', () => {
    const endpoint = said({
      apps: completeList(desktopApp('1.1.4173')),
      appsAsOf: newer,
      versionField: 'apps[].version',
    })
    expect(endpoint.desktop).toMatchObject({
      status: 'installed',
      unreadable: false,
      disagreement: false,
      asOf: Date.parse(newer),
      deciding: {
        product: 'claude-desktop',
        version: '1.1.4173',
        parsed: { kind: 'version', normal: '1.1.4173' },
        path: '/Applications/Claude.app',
        startable: true,
        notes: [],
        receipt: { file: 'file-1', record: 1, field: 'apps[].version', value: '1.1.4173' },
      },
    })
    expect(endpoint.code).toEqual({
      status: 'absent',
      asOf: Date.parse(newer),
      disagreement: false,
      receipt: { file: 'file-1', record: 1, field: 'app list', value: 'not listed' },
    })
  })

  it('has no time where the export gives none', () => {
    const endpoint = said({ apps: completeList(desktopApp('1.1.4173')) })
    expect(endpoint.desktop).toHaveProperty('asOf', undefined)
    expect(endpoint.code).toHaveProperty('asOf', undefined)
  })

  it('shows no absence when it is partial', () => {
    const endpoint = said({ apps: partialList(codeApp('2.1.0')) })
    expect(inShort(endpoint.code)).toBe('2.1.0')
    expect(endpoint.desktop).toEqual({
      status: 'unknown',
      reason: 'partial-list',
      receipt: { file: 'file-1', record: 1, field: 'app list', value: 'partial-list' },
    })
  })

  it('that is not there shows nothing', () => {
    expect(said({}).desktop).toEqual({ status: 'unknown', reason: 'no-app-list' })
  })

  it.each([
    'section-not-requested',
    'personal-device',
    'error-text',
    'history-incomplete',
    'report-clipped',
    'no-version-given',
    'no-app-list',
    'name-only',
  ] as const)('that cannot be used says why: %s', (reason) => {
    const endpoint = said({ apps: { kind: 'unknown', reason } })
    expect(endpoint.desktop).toMatchObject({ status: 'unknown', reason, receipt: { value: reason } })
    expect(endpoint.code).toMatchObject({ status: 'unknown', reason })
  })

  it.each([
    [30, older, '1.1.4173'],
    [10, older, '1.1.4173'],
    [9, older, 'app-list-too-old'],
    [1, undefined, '1.1.4173'],
  ])('may be %i days old: of %s it is %s', (maximumAgeDays, appsAsOf, expected) => {
    const record = { ...mac, appsAsOf, apps: completeList(desktopApp('1.1.4173')) }
    const [endpoint] = joined([{ records: [record] }], maximumAgeDays).endpoints
    expect(inShort(endpoint!.desktop)).toBe(expected)
    expect(inShort(endpoint!.code)).toBe(expected === '1.1.4173' ? 'absent' : expected)
  })

  it('with a bare name that proves nothing is unknown, for what it does not show', () => {
    const endpoint = said({
      apps: { kind: 'complete', rows: [{ name: 'Claude Config', version: '1' }, codeApp('2.1.0')] },
    })
    expect(inShort(endpoint.desktop)).toBe('name-only')
    expect(inShort(endpoint.code)).toBe('2.1.0')
  })
})

describe('several copies', () => {
  it('the oldest that can be started decides, the rest are told', () => {
    const endpoint = said({
      apps: completeList(
        desktopApp('1.24012.9'),
        desktopApp('1.0.1', '/Users/ada/.Trash/Claude.app'),
        desktopApp('1.1.3918', '/Users/ada/Applications/Claude.app'),
      ),
    })
    expect(inShort(endpoint.desktop)).toBe('1.1.3918')
    expect(
      endpoint.desktop.status === 'installed' &&
        endpoint.desktop.copies.map(({ version, startable, notes }) => [version, startable, notes]),
    ).toEqual([
      ['1.0.1', false, ['trash']],
      ['1.1.3918', true, []],
      ['1.24012.9', true, []],
    ])
  })

  it('one that cannot be read keeps the others from passing, and never decides beside one that can', () => {
    const endpoint = said({ apps: completeList(desktopApp('No value', '/a/Claude.app'), desktopApp('1.1.4173')) })
    expect(inShort(endpoint.desktop)).toBe('1.1.4173, unreadable')
  })

  it.each([
    [['1.24012.9', '1.9.0'], '1.9.0 1.24012.9'],
    [['1.10.0', '(none)', '1.9.0', '???'], '1.9.0 1.10.0 (none) ???'],
    [['2', '10', '1.9'], '1.9 2 10'],
  ])('are ordered by number, never as text, and those that cannot be read come last: %j', (versions, expected) => {
    for (const order of [versions, [...versions].reverse()]) {
      const { desktop } = said({ apps: completeList(...order.map((version) => desktopApp(version))) })
      expect(desktop.status === 'installed' && desktop.copies.map(({ version }) => version).join(' ')).toBe(expected)
    }
  })

  it('one in the bin that cannot be read keeps nothing from passing', () => {
    const endpoint = said({
      apps: completeList(desktopApp('No value', '/Users/a/.Trash/Claude.app'), desktopApp('1.1.4173')),
    })
    expect(inShort(endpoint.desktop)).toBe('1.1.4173')
  })

  it('of one version are told in the order of their paths', () => {
    const paths = ['/b/Claude.app', '/a/Claude.app', '/c/Claude.app']
    const endpoint = said({ apps: completeList(...paths.map((path) => desktopApp('1.1.4173', path))) })
    expect(endpoint.desktop.status === 'installed' && endpoint.desktop.copies.map(({ path }) => path)).toEqual(
      [...paths].sort(),
    )
  })

  it('that nobody can start are an absence in a complete list, and nothing in a partial one', () => {
    const trash = desktopApp('1.1.4173', '/Users/a/.Trash/Claude.app')
    expect(inShort(said({ apps: completeList(trash) }).desktop)).toBe('absent')
    expect(inShort(said({ apps: partialList(trash) }).desktop)).toBe('partial-list')
  })
})

describe('several lists', () => {
  it.each([
    [
      'the newest decides',
      [
        [newer, '1.1.4173'],
        [older, '1.0.1'],
      ],
      '1.1.4173',
    ],
    [
      'the newest decides, also when it is worse',
      [
        [newer, '1.0.1'],
        [older, '1.1.4173'],
      ],
      '1.0.1',
    ],
    [
      'of one time, the older version stands',
      [
        [newer, '1.1.4173'],
        [newer, '1.0.1'],
      ],
      '1.0.1, disagreement',
    ],
    [
      'that agree do not disagree',
      [
        [newer, '1.1.4173'],
        [newer, '1.1.4173'],
      ],
      '1.1.4173',
    ],
    [
      'that write a version in two ways do not disagree',
      [
        [newer, 'v1.1.4173'],
        [newer, '1.1.4173.0'],
      ],
      '1.1.4173.0',
    ],
    [
      'without a time cannot be put in order',
      [
        [undefined, '1.1.4173'],
        [newer, '1.0.1'],
        [older, '0.9.0'],
      ],
      '1.0.1, disagreement',
    ],
    [
      'without a time, the older version stands',
      [
        [undefined, '1.1.4173'],
        [undefined, '1.0.1'],
      ],
      '1.0.1, disagreement',
    ],
    [
      'of one time: an install before an absence',
      [
        [newer, undefined],
        [newer, '1.0.1'],
      ],
      '1.0.1, disagreement',
    ],
    [
      'a newer absence replaces an install',
      [
        [newer, undefined],
        [older, '1.0.1'],
      ],
      'absent',
    ],
    [
      'a newer install replaces an absence',
      [
        [older, undefined],
        [newer, '1.0.1'],
      ],
      '1.0.1',
    ],
    [
      'too old to count',
      [
        ['2026-01-01', '1.0.1'],
        [newer, '1.1.4173'],
      ],
      '1.1.4173',
    ],
  ] as const)('%s', (_, lists, expected) => {
    const records = lists.map(([appsAsOf, version]) => ({
      appsAsOf,
      apps: version === undefined ? completeList() : completeList(desktopApp(version)),
    }))
    for (const order of [records, [...records].reverse()]) {
      expect(inShort(said(...order).desktop)).toBe(expected)
      expect(inShort(saidApart(...order).desktop)).toBe(expected)
    }
  })

  it('the time of an undecided answer is that of the list that has one', () => {
    const endpoint = saidApart(
      { apps: completeList(desktopApp('1.0.1')) },
      { appsAsOf: newer, apps: completeList(desktopApp('1.1.4173')) },
    )
    expect(endpoint.desktop).toMatchObject({ asOf: Date.parse(newer), deciding: { version: '1.0.1' } })
  })

  it('each product is decided for itself', () => {
    const endpoint = saidApart(
      { appsAsOf: newer, apps: partialList(codeApp('2.1.0')) },
      { appsAsOf: older, apps: completeList(desktopApp('1.1.4173')) },
    )
    expect(inShort(endpoint.desktop)).toBe('1.1.4173')
    expect(inShort(endpoint.code)).toBe('2.1.0')
  })

  it('of which one cannot be used leave it to the other', () => {
    const endpoint = saidApart(
      { apps: { kind: 'unknown', reason: 'error-text' } },
      { apps: completeList(desktopApp('1.1.4173')) },
    )
    expect([inShort(endpoint.desktop), inShort(endpoint.code)]).toEqual(['1.1.4173', 'absent'])
  })

  it('a personal device may show Claude, never its absence, whatever another list says', () => {
    const endpoint = saidApart(
      { apps: { kind: 'unknown', reason: 'personal-device' } },
      { apps: completeList(desktopApp('1.1.4173')) },
    )
    expect([inShort(endpoint.desktop), inShort(endpoint.code)]).toEqual(['1.1.4173', 'personal-device'])
  })

  it.each<[AppListProblem, AppListProblem]>([
    ['personal-device', 'error-text'],
    ['name-only', 'error-text'],
    ['error-text', 'report-clipped'],
    ['report-clipped', 'history-incomplete'],
    ['history-incomplete', 'section-not-requested'],
    ['section-not-requested', 'no-version-given'],
    ['no-version-given', 'no-app-list'],
  ])('of two reasons the one that explains more is told: %s before %s', (first, second) => {
    for (const order of [
      [first, second],
      [second, first],
    ] as const)
      expect(
        inShort(saidApart(...order.map((reason) => ({ apps: { kind: 'unknown' as const, reason } }))).desktop),
      ).toBe(first)
  })

  it('too old is told before everything else, and short lists after what was withheld', () => {
    const old = { appsAsOf: '2026-01-01', apps: completeList(desktopApp('1.0.1')) }
    expect(inShort(saidApart({ apps: { kind: 'unknown', reason: 'personal-device' } }, old).desktop)).toBe(
      'app-list-too-old',
    )
    const endpoint = saidApart({ apps: partialList() }, { apps: { kind: 'unknown', reason: 'no-version-given' } })
    expect(inShort(endpoint.desktop)).toBe('no-version-given')
    expect(
      inShort(saidApart({ apps: partialList() }, { apps: { kind: 'unknown', reason: 'no-app-list' } }).desktop),
    ).toBe('partial-list')
  })
})

describe('a version in a field of its own', () => {
  const stated = (version: string) => ({ versions: { desktop: { field: 'Claude Ver', version } } })

  it('is an install with its own receipt', () => {
    const endpoint = said({
      ...stated('1.1.4173'),
      versions: {
        desktop: { field: 'Claude Ver', version: '1.1.4173' },
        code: { field: 'Code Ver', version: '2.1.0' },
      },
    })
    expect(endpoint.desktop).toMatchObject({
      deciding: { receipt: { file: 'file-1', record: 1, field: 'Claude Ver', value: '1.1.4173' } },
    })
    expect(inShort(endpoint.code)).toBe('2.1.0')
  })

  it.each([
    'not installed',
    'Not Installed',
    'absent',
    'none installed',
    'no',
    'FALSE',
    'nicht installiert',
    'missing',
  ])('%j is an absence that somebody stated', (text) => {
    const endpoint = said(stated(text))
    expect(endpoint.desktop).toMatchObject({
      status: 'absent',
      receipt: { file: 'file-1', record: 1, field: 'Claude Ver', value: 'not installed' },
    })
    expect(inShort(endpoint.code)).toBe('partial-list')
  })

  it.each(['installed: no', 'nope', 'falsey', 'is missing', 'unknown version', 'yes'])(
    '%j is an install of no known version',
    (text) => {
      expect(inShort(said(stated(text)).desktop)).toBe(`${text}, unreadable`)
    },
  )

  it('that says it is not there yields to a list that shows it', () => {
    expect(inShort(saidApart(stated('not installed'), { apps: partialList(desktopApp('1.0.1')) }).desktop)).toBe(
      '1.0.1, disagreement',
    )
  })

  it('that says it is not there does not hold on a personal device', () => {
    const endpoint = said({ ...stated('not installed'), apps: { kind: 'unknown', reason: 'personal-device' } })
    expect(inShort(endpoint.desktop)).toBe('personal-device')
  })

  it('that says it is not there agrees with a list that does not have it', () => {
    expect(saidApart(stated('not installed'), { apps: completeList() }).desktop).toMatchObject({
      status: 'absent',
      disagreement: false,
    })
  })
})
