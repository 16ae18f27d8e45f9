import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkScripts } from '../../src/bundle/check-scripts.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-scripts-'))
  await writeFile(join(folder, 'good.sh'), '#!/bin/sh\nset -eu\necho well\n')
  await writeFile(join(folder, 'bad.sh'), '#!/bin/sh\nif true; then\n')
  await writeFile(join(folder, 'other.json'), 'if then')
})
afterAll(() => rm(folder, { recursive: true }))

it.skipIf(process.platform === 'win32')(
  'takes what sh takes, looks at scripts only, and refuses the rest by name',
  async () => {
    expect(await checkScripts(folder, ['good.sh', 'other.json'])).toContain('sh')
    await expect(checkScripts(folder, ['good.sh', 'bad.sh'])).rejects.toMatchObject({
      code: 'script-refused',
      exit: 7,
      details: { where: { file: 'bad.sh' } },
    })
    expect(await checkScripts(folder, ['other.json'])).toEqual([])
  },
)
