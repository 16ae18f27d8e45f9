import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accounting } from '../../src/inventory/accounting.js'
import { Notices } from '../../src/inventory/notices.js'

describe('accounting', () => {
  it('settles a record once: what was said first stands', () => {
    const accounting = new Accounting()
    accounting.count(1)
    accounting.count(1)
    accounting.reject(1, 'no-identity')
    accounting.reject(2, 'too-many-cells', 3)
    accounting.reject(2, 'no-identity')
    accounting.count(2)
    expect([accounting.counted, accounting.rejected]).toEqual([1, 1])
    expect([...accounting.rejectedBy]).toEqual([['too-many-cells', 1]])
    expect(accounting.rejects).toEqual([{ record: 2, line: 3, reason: 'too-many-cells' }])
    expect(() => accounting.assertComplete(2, 'a.csv')).not.toThrow()
  })

  it('counts what could not be read as a record, each time', () => {
    const accounting = new Accounting()
    accounting.count(1)
    accounting.fault(1, 'not-json', 2)
    accounting.fault(1, 'cut-off', 3)
    expect([accounting.counted, accounting.rejected]).toEqual([1, 2])
    expect(accounting.rejects.map(({ reason, line }) => [reason, line])).toEqual([
      ['not-json', 2],
      ['cut-off', 3],
    ])
  })

  it.each([1, 3])('is never wrong in silence: %i records', (records) => {
    const accounting = new Accounting()
    accounting.count(1)
    accounting.reject(2, 'no-identity')
    expect(() => accounting.assertComplete(records, 'a.csv')).toThrow(
      `a.csv: ${records} records read, but 1 counted and 1 rejected. This is a bug in fleet.`,
    )
  })

  it('keeps the first hundred rejected records and counts the rest', () => {
    const accounting = new Accounting()
    for (let record = 1; record <= 150; record++) accounting.reject(record, 'no-identity')
    for (let record = 1; record <= 50; record++) accounting.fault(record, 'not-json', record)
    expect(accounting.rejects).toHaveLength(100)
    expect(accounting.rejects.at(-1)?.record).toBe(100)
    expect([...accounting.rejectedBy]).toEqual([
      ['no-identity', 150],
      ['not-json', 50],
    ])
    expect(accounting.rejected).toBe(200)
  })

  it('behaves like a map of first words, in any order of records', () => {
    const word = fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.boolean())
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const accounting = new Accounting()
        const first = new Map<number, boolean>()
        for (const [record, good] of words) {
          if (good) accounting.count(record)
          else accounting.reject(record, 'no-identity')
          if (!first.has(record)) first.set(record, good)
        }
        const counted = [...first.values()].filter((good) => good).length
        expect([accounting.counted, accounting.rejected]).toEqual([counted, first.size - counted])
        accounting.assertComplete(first.size, 'a.csv')
      }),
    )
  })
})

describe('notices', () => {
  it('of a file stand once, of records are counted, by code', () => {
    const notices = new Notices()
    notices.add('z', 'about the file')
    notices.add('z', 'another text')
    notices.addRecord('a', 'about a record', 7)
    notices.addRecord('a', 'about a record', 3)
    notices.addRecord('z', 'about the file', 9)
    expect(notices.list()).toEqual([
      { code: 'a', message: 'about a record', records: 2, firstRecord: 7 },
      { code: 'z', message: 'about the file', records: 1 },
    ])
  })
})
