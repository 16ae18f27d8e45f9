import { resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { planCsv } from '../../src/report/plan-rows.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import { candidatesOf, replannedPlan, smallPlan } from '../builders/plan-document.js'
import { hostilePlan } from '../builders/plan-document-extremes.js'

const rowsOf = (csv: Iterable<string>): Record<string, string>[] =>
  parse([...csv].join(''), { columns: true, bom: true, relaxQuotes: false, recordDelimiter: '\r\n' })

describe('the table of endpoints', () => {
  it('reads as reviewed', async () => {
    const plan = replannedPlan()
    const text = [...planCsv(plan, candidatesOf(plan))].join('')
    expect(text.startsWith('\ufeff"wave","status","date","id"')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    // Git keeps the golden file with line feeds alone.
    await expect(text.replaceAll('\r\n', '\n')).toMatchFileSnapshot(
      resolve(import.meta.dirname, 'golden/plan/replanned.csv'),
    )
  })

  it('has every endpoint of every wave once, in the order of attempts, on the day of its attempt', () => {
    const plan = smallPlan()
    const rows = rowsOf(planCsv(plan, candidatesOf(plan)))
    expect(rows.map(({ id }) => id)).toEqual(plan.waves.flatMap(({ endpoints }) => endpoints))
    for (const wave of plan.waves) {
      const days = new Map<string, number>()
      for (const { date } of rows.filter((row) => row.wave === wave.name)) days.set(date!, (days.get(date!) ?? 0) + 1)
      expect([...days].map(([date, endpoints]) => ({ date, endpoints }))).toEqual(wave.days)
    }
  })

  it('tells what only the plan knows of an endpoint that is no candidate any more', () => {
    const plan = replannedPlan()
    const rows = rowsOf(planCsv(plan, candidatesOf(plan)))
    const known = { wave: 'pilot', status: 'finished', date: '2026-11-23', id: 'EXAMPLE00001' }
    expect(rows[0]).toMatchObject({ ...known, serial: '', hostname: '', what_to_do: '' })
    expect(rows.at(-1)).toMatchObject({
      wave: 'last',
      hostname: 'HOST-090',
      what_to_do: 'upgrade claude-desktop to 1.1.4173',
    })
  })

  it('names all that is done to an endpoint, and leaves the day open where the plan does', () => {
    const plan = smallPlan()
    const [id, candidate] = [...candidatesOf(plan)][0]!
    const work = [{ action: 'upgrade', product: 'claude-code', to: '2.1.38' }, { action: 'repair' }] as const
    const [wave] = plan.waves
    const csv = planCsv(
      { ...plan, waves: [{ ...wave!, days: [] }] },
      new Map([[id, { ...candidate, work, email: undefined }]]),
    )
    expect(rowsOf(csv)[0]).toMatchObject({ date: '', email: '', what_to_do: 'upgrade claude-code to 2.1.38; repair' })
  })

  it('disarms formulas and shows what hides', () => {
    const plan = hostilePlan(['=cmd()', '+1', '@x', '-x', '\u202e"', 'a,b', ...hostileTexts])
    const rows = rowsOf(planCsv(plan, candidatesOf(plan)))
    expect(rows).toHaveLength(plan.waves.flatMap(({ endpoints }) => endpoints).length)
    for (const row of rows)
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+@]|^-(?!\d)|\u202e|\ufeff/)
  })

  it('is made piece by piece', () => {
    const plan = smallPlan()
    const pieces = planCsv(plan, {
      get: () => {
        throw new Error('asked for a candidate before its row')
      },
    } as unknown as ReturnType<typeof candidatesOf>)[Symbol.iterator]()
    expect(pieces.next().value).toContain('"wave"')
    expect(() => pieces.next()).toThrow('asked for')
  })
})
