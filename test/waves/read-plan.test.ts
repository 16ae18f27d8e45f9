import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import type { PlanDocument } from '../../src/waves/plan-document.js'
import { readPlan } from '../../src/waves/read-plan.js'
import { smallPlan } from '../builders/plan-document.js'
import { fileWith } from '../builders/planning.js'

const plan = smallPlan()
const failureOf = async (document: unknown) =>
  await readPlan(fileWith(document)).then(
    () => undefined,
    (error: unknown) => (error instanceof Failure ? error.code : error),
  )

it('gives the plan, and the digest that sha256sum tells', async () => {
  const file = fileWith(plan)
  const read = await readPlan(file)
  expect(read.plan).toEqual(plan)
  expect(read.digest).toBe(`sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
  expect(Buffer.from(read.bytes)).toEqual(readFileSync(file))
})

it('reads a plan of many megabytes whole', async () => {
  const ready = Array.from({ length: 400_000 }, (_, index) => `ENDPOINT-${index}`)
  const read = await readPlan(fileWith({ ...plan, baseline: { ready } }))
  expect(read.plan.baseline.ready).toEqual(ready)
})

it('finds the plan in its folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-read-plan-'))
  try {
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
    expect((await readPlan(folder)).file).toBe(join(folder, 'plan.json'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('refuses', () => {
  const [first, ...others] = plan.waves
  const withWave = (changes: Partial<PlanDocument['waves'][number]>) => ({
    ...plan,
    waves: [{ ...first!, ...changes }, ...others],
  })

  it.each<[string, unknown, string]>([
    ['what is no JSON', 'plan', 'not-a-plan'],
    ['what is cut off', JSON.stringify(plan).slice(0, -9), 'not-a-plan'],
    ['a scan', { schema: 'fleet.scan/v1' }, 'not-a-plan'],
    ['another version', { ...plan, schema: 'fleet.plan/v2' }, 'newer-document'],
    ['a wave of another size than its list', withWave({ size: first!.size + 1 }), 'not-a-plan'],
    [
      'an endpoint in two waves',
      withWave({ endpoints: [...first!.endpoints.slice(1), others[0]!.endpoints[0]!] }),
      'not-a-plan',
    ],
    ['days that do not add up', withWave({ days: first!.days.slice(1) }), 'not-a-plan'],
    ['two waves of one name', withWave({ name: others[0]!.name }), 'not-a-plan'],
  ])('%s', async (_, document, code) => {
    expect(await failureOf(document)).toBe(code)
  })
})
