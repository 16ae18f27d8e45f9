import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { differenceOf } from '../../src/history/difference.js'
import { historyDocument } from '../../src/history/list-runs.js'
import type { History, HistoryProblem } from '../../src/history/read-history.js'
import type { SnapshotHead } from '../../src/history/snapshot.js'
import { differenceCsv, differenceMarkdown } from '../../src/report/history-difference-rows.js'
import { differenceText } from '../../src/report/history-difference-text.js'
import { keepRule } from '../../src/report/history-prune-run.js'
import { historyCsv, historyMarkdown } from '../../src/report/history-rows.js'
import { tellProblems } from '../../src/report/history-run.js'
import { historyText } from '../../src/report/history-text.js'
import { paintFor } from '../../src/report/paint.js'
import { readSource, snapshotEndpoint, snapshotHead } from '../builders/history-snapshot.js'
import { hostileTexts } from '../builders/hostile-texts.js'

const look = (width: number) => ({ width, paint: paintFor(false) })
const widestOf = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)))

function historyOf(heads: readonly SnapshotHead[], problems: readonly HistoryProblem[] = []): History {
  const runs = heads.map((head, index) => {
    return { run: `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`, line: index + 1, head }
  })
  return { file: 'h/scans.jsonl', runs, problems, lines: runs.length + problems.length, copies: 0, bytes: 1 }
}

const apps = { ...readSource('apps.csv'), problem: 'too-large' }
const heads = [
  snapshotHead({ asOf: '2026-11-06T00:00:00Z', ready: 4 }),
  snapshotHead({ asOf: '2026-11-13T08:15:00Z', ready: 6, of: 9 }),
  snapshotHead({ asOf: '2026-11-13T12:00:00Z', ready: 5, digest: 'b', sources: [readSource('devices.csv'), apps] }),
  snapshotHead({ asOf: '2026-11-20T00:00:00Z', ready: 10, target: 90, digest: 'b', sources: [readSource('jamf.csv')] }),
]
const document = historyDocument('h', historyOf(heads))

describe('the history on a terminal', () => {
  it('shows where coverage stands, how it came there, and the runs', () => {
    expect(historyText(document, look(100))).toMatchInlineSnapshot(`
      "History in h: 4 runs from 2026-11-06 to 2026-11-20
      Coverage of the last  100.0 %  10 of 10 in scope; target 90 % is met

      Coverage, the last run of each day
                    target 90 % ─────────────────────────────┐
        2026-11-06  ██████████████████░░░░░░░░░░░░░░░░░░░░░░░│░░░░   40.0 %   4
        2026-11-13  ██████████████████████░░░░░░░░░░░░░░░░░░░│░░░░   50.0 %   5  other policy
        2026-11-20  █████████████████████████████████████████│████  100.0 %  10  other sources, target met

      Runs
        run       as of             recorded          coverage  ready  change  policy    notes
        00000000  2026-11-06        2026-11-06          40.0 %   4/10          aaaaaaaa
        00000001  2026-11-13 08:15  2026-11-13 08:15    66.6 %    6/9      +2  aaaaaaaa  in scope −1
        00000002  2026-11-13 12:00  2026-11-13 12:00    50.0 %   5/10      −1  bbbbbbbb  other policy, 1
                                                                                         file not read, in
                                                                                         scope +1
        00000003  2026-11-20        2026-11-20         100.0 %  10/10      +5  bbbbbbbb  target 90 %,
                                                                                         other sources

      What moved between two runs: fleet history diff [run] [run]
      "
    `)
  })

  it('says which runs warned that their numbers may be incomplete, in every form', () => {
    const file = 'apps.csv'
    const codes = ['cut-off', 'too-large', 'cut-off', 'page-truncated', 'a', 'b']
    const strictWarnings = codes.map((code) => ({ code, file }))
    const doubtful = historyDocument(
      'h',
      historyOf([heads[0]!, snapshotHead({ sources: [readSource('devices.csv'), apps] }, { strictWarnings })]),
    )
    const note = 'incomplete: cut-off, page-truncated, a and 1 more'
    expect(historyText(doubtful, look(200))).toContain(`1 file not read, ${note}`)
    expect(historyText(doubtful, look(200))).toMatch(/^ {2}2026-11-20 .* incomplete$/m)
    expect(historyMarkdown(doubtful)).toContain(note)
    expect([...historyCsv(doubtful)].at(-1)).toContain('"cut-off; too-large; page-truncated; a; b"')
    expect(historyText(document, look(200))).not.toContain('incomplete')
  })

  it('tells what a killed prune has left undone', () => {
    const problem = { code: 'unfinished-prune' as const, message: 'It was stopped.', tryThis: 'Prune.' }
    const document = historyDocument('h', historyOf(heads, [problem]))
    const told = 'A prune was stopped, or is at work: runs may be missing.'
    expect(historyText(document, look(100))).toContain(told)
    expect(historyText(document, look(100))).not.toContain('of the file could not')
    expect(historyMarkdown(document)).toContain(told)
    const notes: string[] = []
    tellProblems(historyOf(heads, [problem, { ...problem, code: 'torn', line: 3, message: 'Cut.' }]), (text) =>
      notes.push(text),
    )
    expect(notes).toEqual(['h/scans.jsonl: It was stopped. Prune.', 'h/scans.jsonl, line 3: Cut. Prune.'])
  })

  it('keeps its texts when a spreadsheet opens the CSV', () => {
    const odd = historyOf([{ ...heads[0]!, policy: { digest: '0012345', file: '10-Jan' }, fleet: '1E5' }])
    expect([...historyCsv(historyDocument('h', odd))][1]).toContain(`"'1E5","'0012345","'10-Jan"`)
  })

  it.each([60, 80, 99, 100, 200])('fits %d columns', (width) => {
    expect(widestOf(historyText(document, look(width)))).toBeLessThanOrEqual(width)
  })

  it('of many runs shows the last, and says how to see the others', () => {
    const many = Array.from({ length: 500 }, (_, day) =>
      snapshotHead({ asOf: new Date(Date.UTC(2025, 0, 1 + day)).toISOString(), ready: day % 10 }),
    )
    const text = historyText(historyDocument('h', historyOf(many)), look(80))
    expect(text.split('\n').length).toBeLessThan(50)
    expect(text).toContain('480 earlier runs: --format csv')
    expect(text.match(/^ {2}202\d-\d\d-\d\d {2}[█░│]+/gm)).toHaveLength(12)
    expect([...historyCsv(historyDocument('h', historyOf(many)))]).toHaveLength(501)
  })

  it('without a run says what to do, and whether there is one to be found', () => {
    expect(historyText(historyDocument('h', undefined), look(80))).toContain('fleet scan exports')
    const late = historyDocument('h', historyOf(heads), { since: '2027-01-01' })
    expect(historyText(late, look(80))).toContain('None of the 4 runs')
    const broken = historyOf([], [{ line: 1, code: 'damaged', message: 'It is damaged.', tryThis: 'Look.' }])
    expect(historyText(historyDocument('h', broken), look(80))).toContain('No run in h can be read.')
  })

  it('compares a run with the one before it in the file, shown or not', () => {
    const last = historyDocument('h', historyOf(heads), { last: 1 })
    expect(last.runs).toEqual(document.runs.slice(-1))
    expect(last.runs[0]!.change).toEqual({
      since: document.runs[2]!.run,
      ready: 5,
      inScope: 0,
      otherPolicy: false,
      otherSources: true,
      otherTarget: true,
    })
    expect(last).toMatchObject({ leftOut: 3, trend: [{ date: '2026-11-20', policyChanged: false }] })
    expect(historyDocument('h', historyOf(heads), { since: '2026-11-13' }).runs).toHaveLength(3)
  })

  it('is a table for a ticket', () => {
    expect(historyMarkdown(document)).toContain('target 90 % is met.')
    expect(historyMarkdown(document).match(/^\| `0000000\d` \|/gm)).toHaveLength(4)
  })
})

const before = [
  snapshotEndpoint('f', { state: 'repair', reasons: ['stage-not-proven:loaded'] }),
  snapshotEndpoint('a', { hostname: 'LOG-1' }),
  snapshotEndpoint('b', { state: 'upgrade', desktop: '1.1.3918', reasons: ['below-gate:cowork-otel'] }),
  snapshotEndpoint('c', { hostname: 'ENG-3' }),
  snapshotEndpoint('e', { desktop: '1.1.5000' }),
]
const after = [
  snapshotEndpoint('f', { state: 'repair', reasons: ['no-probe'] }),
  snapshotEndpoint('a', { hostname: 'LOG-1', state: 'stale', reasons: ['check-in-too-old'] }),
  snapshotEndpoint('b'),
  snapshotEndpoint('d', { state: 'unknown', platform: 'windows', desktop: 'unknown', reasons: ['no-app-list'] }),
  snapshotEndpoint('e'),
]
const earlier = { run: 'aaaa1111-0000', head: snapshotHead({ asOf: '2026-11-13T00:00:00Z', ready: 3, of: 4 }) }
const later = { run: 'bbbb2222-0000', head: snapshotHead({ ready: 2, of: 4, digest: 'b' }) }
const difference = differenceOf({ ...earlier, endpoints: before }, { ...later, endpoints: after })

describe('a difference', () => {
  it('on a terminal shows what to beware of, then how many, then who and why, the worst first', () => {
    expect(differenceText(difference, look(100))).toMatchInlineSnapshot(`
      "aaaa1111 (2026-11-13) → bbbb2222 (2026-11-20)
      Coverage  75.0 % → 50.0 %  ready 3 of 4 → 2 of 4 (−1)
      5 endpoints before, 5 after: 2 moved, 2 stayed (1 of them with another version, 1 with other
      reasons), 1 appeared, 1 disappeared

      Beware
        ! The scans were judged by different policies: endpoints that moved with the versions they had may
        have moved because of that. 1 change below may come from it.

      From each state to which
        from \\ to  ready  repair  unknown  stale  gone
        ready          1                       1     1
        repair                 1
        upgrade        1
        new                             1

      Moved
           from → to        why                                                                    such as
        1  ready → stale    last check-in too old                                                  LOG-1
        1  upgrade → ready  no longer: below a required version: cowork-otel; Claude Desktop       b
                            1.1.3918 → 1.24012.9
        each endpoint: --format csv

      Appeared
           state    why                                                         such as
        1  unknown  windows, Claude Desktop unknown; no app list in any export  d
        each endpoint: --format csv

      Disappeared
           state  why                              such as
        1  ready  macos, Claude Desktop 1.24012.9  ENG-3
        each endpoint: --format csv

      Other reasons for the same state
           state   why                                                                             such as
        1  repair  no probe in any export; no longer: a required stage of the delivery chain is    f
                   not proven: loaded
        each endpoint: --format csv
      "
    `)
  })

  it('on a narrow terminal is a list of moves', () => {
    const text = differenceText(difference, look(60))
    expect(text).toContain('upgrade → ready')
    expect(widestOf(text)).toBeLessThanOrEqual(60)
  })

  it('has a row in the CSV for each endpoint that changed', () => {
    const rows = [...differenceCsv(difference)].map((line) => line.split(',').slice(0, 2).join(' '))
    expect(rows).toEqual([
      '\ufeff"change" "id"',
      '"moved" "a"',
      '"moved" "b"',
      '"disappeared" "c"',
      '"appeared" "d"',
      '"other-version" "e"',
      '"other-reasons" "f"',
    ])
  })

  it('keeps its texts when a spreadsheet opens the CSV', () => {
    const named = (state: 'ready' | 'stale') => [
      snapshotEndpoint('0012345', { hostname: '10-Jan', code: '1E5', state }),
    ]
    const moved = differenceOf({ ...earlier, endpoints: named('ready') }, { ...later, endpoints: named('stale') })
    const [, row] = [...differenceCsv(moved)]
    for (const text of ['0012345', '10-Jan', '1E5']) expect(row).toContain(`"'${text}"`)
  })

  it('is a table for a ticket', () => {
    const text = differenceMarkdown(difference)
    expect(text).toContain('2 stayed (1 of them with another version, 1 with other reasons)')
    expect(text).toContain('| LOG-1 | macos | ready | stale | last check-in too old |')
    expect(text).toContain('no longer: below a required version: cowork-otel; Claude Desktop 1.1.3918 → 1.24012.9')
  })

  it('holds every text that is hostile or long', () => {
    const names = [...hostileTexts, '\u001b[31m\u0007\u202e', 'x'.repeat(10_000), '🚀'.repeat(500)]
    const hostile = names.map((name, index) => snapshotEndpoint(`${index}${name}`, { hostname: name, desktop: name }))
    const moved = hostile.map((endpoint) => ({ ...endpoint, state: 'unknown' as const, reasons: [`x:${endpoint.id}`] }))
    const compared = differenceOf({ ...earlier, endpoints: hostile }, { ...later, endpoints: moved })
    const gone = differenceOf({ ...earlier, endpoints: hostile }, { ...later, endpoints: [] })
    for (const text of [compared, gone].flatMap((one) => [differenceText(one, look(60)), differenceMarkdown(one)])) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\ufeff]/)
    }
    expect(widestOf(differenceText(compared, look(60)))).toBeLessThanOrEqual(60)
    expect(differenceText(compared, look(60)).length).toBeLessThan(40_000)
  })
})

describe('what a prune keeps', () => {
  const all = heads.map((head) => ({ head: { ...head, recordedAt: head.asOf } }))
  const kept = (keep: Parameters<typeof keepRule>[0], now: string) =>
    all.flatMap((run, index) => (keepRule(keep, Date.parse(now))(run, index, all) ? [index] : []))

  it('is so many of the last, or those of the last days, and always the last', () => {
    expect(kept({ runs: 2 }, '2026-11-21T00:00:00Z')).toEqual([2, 3])
    expect(kept({ runs: 9 }, '2026-11-21T00:00:00Z')).toEqual([0, 1, 2, 3])
    expect(kept({ days: 8 }, '2026-11-21T00:00:00Z')).toEqual([1, 2, 3])
    expect(kept({ days: 1 }, '2030-01-01T00:00:00Z')).toEqual([3])
  })
})
