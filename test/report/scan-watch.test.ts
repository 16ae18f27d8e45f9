import { describe, expect, it } from 'vitest'
import { changesText } from '../../src/report/scan-watch.js'

describe('changesText', () => {
  it('says what happened, in a line', () => {
    expect(changesText({ added: ['a.csv', 'b.csv'], changed: [], removed: ['c.csv'] })).toBe(
      'added a.csv, b.csv; removed c.csv',
    )
    expect(changesText({ added: [], changed: ['fleet.yaml'], removed: [] })).toBe('changed fleet.yaml')
  })

  it('names ten files of many', () => {
    const added = Array.from({ length: 12 }, (_, index) => `${index}.csv`)
    expect(changesText({ added, changed: [], removed: [] })).toBe(
      'added 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv and 2 more',
    )
  })

  it('shows no name that acts on a terminal', () => {
    expect(changesText({ added: ['a\u001b[2J\u202e.csv'], changed: ['b\nscan 9'], removed: [] })).not.toMatch(
      /[\u001b\u202e\n]/,
    )
  })
})
