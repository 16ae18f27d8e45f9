import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FactName, type Facts, factTable } from '../../src/health/facts.js'
import { longestLine, probeWords, readProbeLine, writeProbeLine } from '../../src/health/probe-line.js'
import { goodFacts } from '../builders/health.js'

const good = goodFacts()
const line = writeProbeLine(good, 'ok')

describe('a probe line', () => {
  it('is one line of characters that survive every table, far below the smallest channel', () => {
    expect(line).toMatch(/^FH1\|ok\|os=macos\|as=machine\|[A-Za-z0-9.:/+_=|-]+\|t=2026-11-18T08:00:00Z\|end$/)
    expect(line.length).toBeLessThan(longestLine / 2)
  })

  it('is within its length whatever the facts', () => {
    const longest: Facts = {
      ...good,
      desktopPackage: 'registered',
      desktopVersion: `1${'0'.repeat(39)}`,
      codeVersion: `1${'0'.repeat(39)}`,
      users: 999_999_999,
      settings: (['server', 'plist', 'hklm', 'file', 'dropin', 'hkcu', 'dead'] as const).map((place) => ({
        place,
        state: 'f'.repeat(16),
      })),
      blocked: ['all-off', 'sideload', 'only-managed'],
      hookProblems: ['missing', 'not-executable', 'writable', 'unread'],
      pluginProblems: ['missing', 'stale-clone', 'stale-cache', 'stale-session', 'clash'],
      event: 'E'.repeat(60),
      tool: 't'.repeat(60),
      milliseconds: 999_999_999,
      active: 999_999_999,
      silent: 999_999_999,
      cut: 'time',
    }
    expect(writeProbeLine(longest, 'unknown').length).toBeLessThanOrEqual(longestLine)
  })

  it('gives back the facts it was written from', () => {
    const names = Object.keys(factTable) as FactName[]
    fc.assert(
      fc.property(fc.subarray(names), fc.constantFrom(...probeWords), (kept, word) => {
        const facts = Object.fromEntries(
          Object.entries(good).filter(
            ([name, value]) => value !== undefined && (name === 'at' || kept.includes(name as FactName)),
          ),
        ) as Facts
        const read = readProbeLine(writeProbeLine(facts, word))
        expect(read).toEqual({ kind: 'line', line: writeProbeLine(facts, word), word, facts })
      }),
    )
  })

  it.each([
    ['in the middle of a log', `2026-11-18 08:00:01 audit started\n${line}\nexit code 0\n`],
    ['in quotes', `"${line}"`],
    ['in the tag of Jamf', `<result>${line}</result>`],
    ['behind a name', `Fleet probe: ${line}`],
    ['with Windows line ends', `running\r\n${line}\r\n`],
    ['the newest of several', `${line}\n${writeProbeLine({ at: '2026-11-01T00:00:00Z' }, 'repair')}`],
    ['last of several', `${writeProbeLine({ at: '2026-11-01T00:00:00Z' }, 'repair')}\n${line}`],
  ])('is found %s', (_, text) => {
    expect(readProbeLine(text)).toMatchObject({ kind: 'line', line, word: 'ok' })
  })

  it('counts as the worse of two of one second', () => {
    const worse = writeProbeLine({ ...good, users: 2 }, 'repair')
    for (const text of [`${worse} ${line}`, `${line} ${worse}`])
      expect(readProbeLine(text)).toMatchObject({ word: 'repair', line: worse })
  })

  it('says nothing once it is cut anywhere', () => {
    for (let length = 0; length < line.length; length++)
      expect(readProbeLine(line.slice(0, length)).kind, String(length)).toBe(length < 4 ? 'none' : 'cut')
  })

  it('says nothing when the last of several is cut', () => {
    expect(readProbeLine(`${line}\n${line.slice(0, 60)}`).kind).toBe('cut')
  })

  it.each([
    ['of a later form', 'FH2|ok|t=2026-11-18T08:00:00Z|end', 'newer'],
    ['without a time', 'FH1|ok|os=macos|end', 'cut'],
    ['with a day that is none', 'FH1|ok|t=2026-02-31T08:00:00Z|end', 'cut'],
    ['with an unknown word', 'FH1|fine|t=2026-11-18T08:00:00Z|end', 'cut'],
    ['with one key twice', 'FH1|ok|run=no|run=current|t=2026-11-18T08:00:00Z|end', 'cut'],
    ['that ends in another word', 'FH1|ok|t=2026-11-18T08:00:00Z|ending', 'cut'],
    ['that is part of another text', 'XFH1|ok|t=2026-11-18T08:00:00Z|end', 'none'],
  ])('is not taken %s', (_, text, kind) => {
    expect(readProbeLine(text).kind).toBe(kind)
  })

  it('leaves out what it does not know, and values that cannot be', () => {
    const read = readProbeLine(
      'FH1|ok|new=1|run=fast|users=many|hooks=3/2|set=file:plain+attic:plain|app=1.2.3|t=2026-11-18T08:00:00Z|end',
    )
    expect(read).toMatchObject({ kind: 'line', facts: { desktopVersion: '1.2.3', at: '2026-11-18T08:00:00Z' } })
    const { facts } = read as Extract<typeof read, { kind: 'line' }>
    expect([facts.desktopRunning, facts.users, facts.hooks, facts.settings]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('never fails, and never comes from a text without one', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `FH1|${text}|end`),
        ),
        (text) => {
          const { kind } = readProbeLine(text)
          if (!/FH\d+\|/.test(text)) expect(kind).toBe('none')
        },
      ),
    )
    expect(({} as Record<string, unknown>).at).toBeUndefined()
  })

  it('is read in time that grows with the text, however often it begins', () => {
    expect(readProbeLine('FH1|'.repeat(100_000)).kind).toBe('cut')
  })
})
