import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { endpointLines } from '../../../src/report/html/endpoint-lines.js'
import { endpointRow } from '../../../src/report/html/endpoint-row.js'
import { FileNumbers } from '../../../src/report/html/file-numbers.js'
import { reportedEndpoints } from '../../builders/report-view.js'

const [some] = reportedEndpoints()
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\t', '\n', '\r', '\u2028', '\ud800', '[1]', 'why') }),
)
const unescaped = (markup: string) =>
  markup.replace(/&([^;]+);/g, (_, name: string) => {
    const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' }
    return characters[name]!
  })

describe('endpoints as lines of text', () => {
  it('has one line with eight fields, and below it only lines that begin with a TAB, whatever the texts are', () => {
    fc.assert(
      fc.property(text, text, text, text, (hostname, department, version, value) => {
        const receipt = { file: value, record: 3, field: value, value }
        const row = endpointRow({
          ...some!,
          hostname,
          department,
          desktop: { status: 'installed', version, receipt },
          reasons: [{ code: 'below-gate', detail: value, receipt }],
        })
        const [first, ...below] = endpointLines(row, () => 1)
          .replace(/\n$/, '')
          .split('\n')
        expect(first!.split('\t').map(unescaped)).toEqual([
          row.name,
          row.identity,
          row.platform,
          row.department,
          row.state,
          row.desktop,
          row.code,
          row.lastSeen,
        ])
        expect(below).toHaveLength(row.notes.length)
        for (const line of below) expect(line).toMatch(/^\t[^\t]+(?:\t[^\t]*){1,3}$/)
      }),
    )
  })

  it('cuts what is too long for a name, and no character in two', () => {
    const row = endpointRow({ ...some!, hostname: '🚀'.repeat(5000) })
    expect(row.name.length).toBeLessThanOrEqual(160)
    expect(row.name).toBe(safeText(row.name))
  })

  it('tells no user, no e-mail address and no line of a probe', () => {
    const probe = { file: 'probes.csv', record: 1, field: 'fleet', value: 'fleet1 secret-line' }
    const row = endpointRow({
      ...some!,
      user: 'user-of-it',
      email: 'user-of-it@example.com',
      reasons: [
        { code: 'hook-missing', stage: 'installed', receipt: probe },
        { code: 'probe-cut', receipt: probe },
      ],
    })
    const lines = endpointLines(row, () => 1)
    expect(lines).not.toMatch(/user-of-it|secret-line/)
    expect(lines).toContain('[1] record 1, fleet')
  })

  it('says that everything passes, with the receipts of what was found', () => {
    const ready = reportedEndpoints().find(({ state }) => state === 'ready')!
    const labels = endpointRow(ready).notes.map(({ label }) => label)
    expect(endpointRow(ready).notes[0]!.text).toBe('everything required passes')
    expect(labels).toEqual(expect.arrayContaining(['Claude Desktop', 'last check-in']))
  })
})

describe('file numbers', () => {
  it('counts from one, keeps to the first order, and numbers what comes later', () => {
    const files = new FileNumbers(['a', 'b', 'a'])
    expect([files.of('b'), files.of('__proto__'), files.of('a'), files.of('__proto__')]).toEqual([2, 3, 1, 3])
    expect(files.all()).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, '__proto__'],
    ])
  })
})
