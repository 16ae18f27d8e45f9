import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { BundleManifest } from '../../src/bundle/manifest.js'
import { SettingsExplained } from '../../src/bundle/precedence/explanation-document.js'

it.each([
  ['fleet.bundle.v1', BundleManifest],
  ['fleet.settings-explained.v1', SettingsExplained],
])('publishes the JSON Schema of %s', async (name, schema) => {
  const text = `${JSON.stringify({ title: name, ...z.toJSONSchema(schema, { io: 'output' }) }, null, 2)}\n`
  await expect(text).toMatchFileSnapshot(resolve(import.meta.dirname, `../../templates/schemas/${name}.schema.json`))
})
