import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { Policy } from '../../src/policy/policy.js'

it('publishes the JSON Schema of the policy, for editors', async () => {
  const schema = { title: 'fleet.yaml', ...z.toJSONSchema(Policy, { io: 'input' }) }
  const file = resolve(import.meta.dirname, '../../templates/schemas/fleet.policy.v1.schema.json')
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(file)
})
