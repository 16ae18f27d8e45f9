import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { judgeHealth } from '../../src/health/judge.js'
import { Probe, probeDocument } from '../../src/health/probe.js'
import { readProbeLine } from '../../src/health/probe-line.js'
import { DrillDocument } from '../../src/selftest/drill/drill-document.js'
import { fullTarget, goodFacts } from '../builders/health.js'

const target = fullTarget()
const document = (facts = goodFacts()) => probeDocument(facts, target, judgeHealth(facts, target))

describe('fleet.probe/v1', () => {
  it('holds what its schema says, and its line says the same', () => {
    const probe = Probe.parse(JSON.parse(JSON.stringify(document())))
    expect(probe).toMatchObject({ word: 'ok', versions: { claudeDesktop: '1.24012.9', claudeCode: '2.1.240' } })
    expect(readProbeLine(probe.line)).toMatchObject({ kind: 'line', facts: probe.facts })
  })

  it('names no version where nothing is installed', () => {
    expect(document({ ...goodFacts(), desktopVersion: 'none' }).versions.claudeDesktop).toBeUndefined()
  })
})

it.each([
  ['fleet.probe.v1', Probe],
  ['fleet.drill.v1', DrillDocument],
])('publishes the JSON Schema of %s', async (name, schema) => {
  const text = JSON.stringify({ title: name.replace('.v1', '/v1'), ...z.toJSONSchema(schema) }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot(`../../templates/schemas/${name}.schema.json`)
})
