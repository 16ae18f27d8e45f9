import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planJson } from '../../src/report/plan-json.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import { exampleIds, latePlan, replannedPlan, smallPlan, unreachablePlan } from '../builders/plan-document.js'
import { hostilePlan } from '../builders/plan-document-extremes.js'

const textOf = (plan: PlanDocument) => [...planJson(plan)].join('')

describe('the document as JSON', () => {
  it.each([
    smallPlan(),
    latePlan(),
    unreachablePlan(),
    replannedPlan(),
    hostilePlan(['\u202e', '\u007f', ...hostileTexts]),
  ])('has all that is in the plan, and begins with its schema', (plan) => {
    const text = textOf(plan)
    expect(PlanDocument.parse(JSON.parse(text))).toEqual(plan)
    expect(text).toMatch(/^\{\n {2}"schema": "fleet\.plan\/v1",\n/)
    expect(text.endsWith('\n}\n')).toBe(true)
    expect(text).not.toMatch(/[\u007f\u202e\u2028\ufeff]/)
  })

  it('has long lists of ids on few lines, and a flat object on one', () => {
    const ids = exampleIds(1, 2500)
    const plan = smallPlan({ baseline: { ready: ids } })
    const lines = textOf(plan).split('\n')
    const at = lines.indexOf('    "ready": [')
    expect(
      lines.slice(at + 1, at + 4).map((line) => line.split(',').filter((part) => part.includes('"')).length),
    ).toEqual([1000, 1000, 500])
    expect(lines[at + 4]).toBe('    ]')
    expect(lines).toContain('        {"date":"2026-12-14","endpoints":40},')
    expect(
      Math.max(
        ...textOf(smallPlan())
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(6000)
  })

  it('holds no more than a piece of a long list at a time', () => {
    const plan = smallPlan({ baseline: { ready: exampleIds(1, 50_000) } })
    expect(Math.max(...[...planJson(plan)].map((piece) => piece.length))).toBeLessThan(20_000)
  })

  it('reads back whatever a setting holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string({ unit: 'binary' })), (value, ready) => {
        const plan = smallPlan({
          settings: [
            { key: 'waves.any', value: value as PlanDocument['settings'][number]['value'], from: 'flag', why: '' },
          ],
          baseline: { ready },
        })
        expect(JSON.stringify(JSON.parse(textOf(plan)))).toBe(JSON.stringify(plan))
      }),
    )
  })
})
