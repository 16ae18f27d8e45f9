import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseRun, runNamed } from '../../src/history/choose-run.js'
import type { History, RecordedRun } from '../../src/history/read-history.js'
import type { Failure } from '../../src/platform/failure.js'
import { snapshotHead } from '../builders/history-snapshot.js'

const ids = ['aaaa1111', 'aaaa2222', 'bbbb3333', 'cccc4444'].map((start) => `${start}-0000-4000-8000-000000000000`)
const days = ['2026-11-06', '2026-11-13', '2026-11-13', '2026-11-12']
const runs = ids.map((run, index): RecordedRun => {
  return { run, line: index + 1, head: snapshotHead({ asOf: `${days[index]}T0${index}:00:00Z` }) }
})
const history: History = { file: 'h/scans.jsonl', runs, problems: [], lines: 4, copies: 0, bytes: 1 }
const named = (word: string) => runNamed(word, runs).map(({ line }) => line)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-choose-'))
  writeFileSync(join(folder, 'scan.json'), '{}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function failureOf(word: string, of: History | undefined): Promise<Failure> {
  return await chooseRun(word, of, 'h').then(
    () => expect.fail('it was chosen'),
    (error: Failure) => error,
  )
}

describe('a run', () => {
  it.each([
    ['last', [4]],
    ['previous', [3]],
    ['first', [1]],
    ['-0', [4]],
    ['-1', [3]],
    ['-2', [2]],
    ['-3', [1]],
    ['-4', []],
    ['2026-11-13', [3]],
    ['2026-11-12', [4]],
    ['2026-11-14', []],
    ['bbbb', [3]],
    ['BBBB3333', [3]],
    [ids[1]!, [2]],
    ['aaaa', [1, 2]],
    ['bbb', []],
    ['', []],
  ])('%j is line %j', (word, lines) => {
    expect(named(word)).toEqual(lines)
  })

  it('is told apart from a file by a separator or its ending', async () => {
    const file = join(folder, 'scan.json')
    expect(await chooseRun(file, history, 'h')).toEqual({ kind: 'file', file })
    expect(await chooseRun(file, undefined, 'h')).toEqual({ kind: 'file', file })
    const failure = await failureOf(join(folder, 'other.json'), history)
    expect([failure.exit, failure.code]).toEqual([4, 'input-not-found'])
  })

  it('that does not exist is answered with those that do', async () => {
    const failure = await failureOf('2026-11-14', history)
    expect([failure.exit, failure.code]).toEqual([2, 'no-such-run'])
    const hints = failure.details.tryThis!.join('\n')
    expect(hints).toContain('Did you mean 2026-11-12 or 2026-11-13')
    for (const id of ids) expect(hints).toContain(id.slice(0, 8))
    expect((await failureOf('previos', history)).details.tryThis![0]).toBe('Did you mean previous?')
  })

  it('that is not there yet is no wrong use', async () => {
    const one = { ...history, runs: runs.slice(0, 1) }
    const failure = await failureOf('previous', one)
    expect([failure.exit, failure.code]).toEqual([4, 'too-few-runs'])
    const empty = await failureOf('last', undefined)
    expect([empty.exit, empty.code]).toEqual([4, 'no-history'])
    expect(await failureOf('last', { ...history, runs: [] })).toMatchObject({ code: 'no-history' })
  })

  it('of an ambiguous prefix is asked for again', async () => {
    const failure = await failureOf('aaaa', history)
    expect([failure.exit, failure.code]).toEqual([2, 'run-ambiguous'])
    expect(failure.details.tryThis!.join('\n')).toMatch(/aaaa2222.*\n.*aaaa1111/)
  })
})
