import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupFiles } from '../../../src/waves/groups/index.js'
import { iru } from '../../../src/waves/groups/iru.js'
import { member, wave } from './members.js'

const hasJq = process.platform !== 'win32' && spawnSync('jq', ['--version']).status === 0

/** In place of curl: answers from files named after the device, fails without one, and notes what is changed. */
const curl = `#!/bin/sh
for last; do :; done
device="$FOLDER/\${last##*/}.json"
case "$*" in
  *PATCH*) while [ "$1" != -d ]; do shift; done; echo "\${last##*/} $2" >>"$FOLDER/changes" ;;
  *) [ -e "$device" ] || exit 22; cat "$device" ;;
esac
`

describe.skipIf(!hasJq)('the script that gives tags through the API of Iru', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('adds the tag to those there are, and touches no device whose tags it cannot read', () => {
    const answers: Record<string, unknown> = {
      'a-1': { tags: ['old'] },
      'a-2': { tags: [] },
      'a-3': { name: 'without tags' },
      'a-4': { tags: [{ name: 'an object' }] },
      'a-6': { tags: ['Claude cowork-otel: a'] },
    }
    for (const [id, answer] of Object.entries(answers))
      writeFileSync(join(folder, `${id}.json`), JSON.stringify(answer))
    const ids = [...Object.keys(answers), 'a-5']
    const members = ids.map((id) => member(id, { hostname: `"x",\ny, ${id}`, deviceIds: { iru: id } }))
    const { files } = groupFiles([wave('a', members)], { campaign: 'cowork-otel' })
    writeFileSync(join(folder, 'iru-tags.csv'), files[0]!.content)
    writeFileSync(join(folder, 'curl'), curl)
    chmodSync(join(folder, 'curl'), 0o700)
    const [script = ''] = iru.guide.steps.flatMap(({ block }) => (block === undefined ? [] : [block.text]))
    const ran = spawnSync(
      'sh',
      ['-c', script.replace('NAME OF THE TAG', 'Claude cowork-otel: a').replace('FOLDER/', '')],
      { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}`, FOLDER: folder }, encoding: 'utf8' },
    )
    expect(ran.stdout.trim().split('\n')).toEqual(['tagged: a-1', 'tagged: a-2', 'tagged: a-6'])
    expect(ran.stderr.match(/NOT tagged: .*/g)).toEqual(['NOT tagged: a-3', 'NOT tagged: a-4', 'NOT tagged: a-5'])
    expect(readFileSync(join(folder, 'changes'), 'utf8').trim().split('\n')).toEqual([
      'a-1 {"tags":["Claude cowork-otel: a","old"]}',
      'a-2 {"tags":["Claude cowork-otel: a"]}',
      'a-6 {"tags":["Claude cowork-otel: a"]}',
    ])
  })
})
