import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planMarkdown } from '../../src/report/plan-markdown.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import { latePlan, replannedPlan, settingsWith, smallPlan, unreachablePlan } from '../builders/plan-document.js'
import { hostilePlan, hugePlan } from '../builders/plan-document-extremes.js'

const golden = (name: string) => resolve(import.meta.dirname, 'golden/plan', name)

/** Cells of a table row: a `|` ends one, unless a backslash stands before it. */
const cellsOf = (row: string) => row.slice(1, -1).split(/(?<!\\)(?:\\\\)*\|/)

describe('the change ticket', () => {
  it.each([
    ['late', latePlan()],
    ['replanned', replannedPlan()],
  ])('of the %s plan reads as reviewed', async (name, plan) => {
    await expect(planMarkdown(plan)).toMatchFileSnapshot(golden(`${name}.md`))
  })

  it('says what the gate asks for, with the thresholds of the plan', () => {
    const text = planMarkdown(
      smallPlan({
        settings: settingsWith({
          'waves.gate.success': 97.5,
          'waves.gate.minimumSucceeded': 11,
          'waves.gate.minimumReported': 81,
          'waves.gate.failureLimit': 3,
        }),
      }),
    )
    for (const part of [
      'at least 97.5 %',
      'at least 11 are',
      'at least 81 %',
      'more than 3 %',
      'Missing data never advances',
    ])
      expect(text).toContain(part)
  })

  it('says plainly that there is no way back with fleet', () => {
    expect(planMarkdown(smallPlan())).toMatch(/^- `fleet` cannot downgrade/m)
  })

  it('names what stands in the way only where the target is missed', () => {
    expect(planMarkdown(smallPlan())).not.toContain('In the way')
    expect(planMarkdown(unreachablePlan())).toContain('| unknown | 120 | no app list in any export |')
  })

  it('keeps a long curve short, and leaves empty sections out', () => {
    const plan = hugePlan()
    const days = Array.from({ length: 400 }, (_, at) => ({
      ...plan.projection[0]!,
      date: new Date(Date.UTC(2026, 10, 20 + at)).toISOString().slice(0, 10),
    }))
    const text = planMarkdown({ ...plan, projection: days })
    const told = text.match(/^\| \d{4}-\d\d-\d\d(?= \|)/gm)!.map((row) => row.slice(2))
    const soaked = plan.waves.map(({ soakUntil }) => soakUntil).filter((day) => days.some(({ date }) => date === day))
    expect(told).toEqual([days[0]!.date, ...soaked, days.at(-1)!.date])
    for (const title of ['## To repair', '## Since the previous plan', '## Warnings']) expect(text).not.toContain(title)
  })

  it('has only rows as wide as their head, no markup and no hidden sign from the plan', () => {
    const text = planMarkdown(
      hostilePlan(['a|b', '\\|', '<img src=x>', '[x](https://x.example)', '`|`', 'a\nb', ...hostileTexts]),
    )
    let width: number | undefined
    for (const line of text.split('\n')) {
      width = line.startsWith('|') ? (width ?? cellsOf(line).length) : undefined
      if (width !== undefined) expect(cellsOf(line), line).toHaveLength(width)
    }
    // What is left without the code spans holds neither a tag nor a link.
    const prose = text.replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '')
    expect(prose).not.toMatch(/(?<!\\)<img|(?<!\\)\[x|https:\/\//)
    expect(text).not.toMatch(/[\u2028\u2029\u202e\ufeff]/)
  })
})
