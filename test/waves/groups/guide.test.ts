import { expect, it } from 'vitest'
import { type DatedWave, guideText } from '../../../src/waves/groups/guide.js'
import { groupFiles } from '../../../src/waves/groups/index.js'
import { mostDevicesPerFile } from '../../../src/waves/groups/intune.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { company, member, wave } from './members.js'

const context = { campaign: 'cowork-otel', organization: 'Acme' }

function guideOf(waves: readonly DatedWave[], given = context): string {
  return guideText(waves, groupFiles(waves, given), given)
}

/** The rows of the first table, without its head. */
function wavesTable(text: string): string[] {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => line.startsWith('| Wave'))
  const end = lines.findIndex((line, at) => at > head && !line.startsWith('|'))
  return lines.slice(head + 2, end)
}

it('reads like this', async () => {
  await expect(guideOf(company)).toMatchFileSnapshot('golden/groups/README.md')
})

it('speaks only of the products whose files are there', () => {
  const text = guideOf([wave('a', [member('m', { serial: 'EXAMPLE1', deviceIds: { jamf: '1' } })])])
  expect(text).toContain('## Jamf Pro')
  for (const other of ['## Microsoft Intune', '## Iru', '## Fleet', '## Left out', '## Endpoints that no file'])
    expect(text).not.toContain(other)
})

it('shows a wave without files, and parts by the first and the last', () => {
  const many = Array.from({ length: mostDevicesPerFile + 1 }, (_, at) =>
    member(`m${at}`, { deviceIds: { intune: `id-${at}` } }),
  )
  const [first, second] = wavesTable(guideOf([wave('a', []), wave('b', many)]))
  expect(first).toMatch(/\| 0 \| .* \| none \|$/)
  expect(second).toContain(
    '[b/intune-devices-1.csv](b/intune-devices-1.csv) to [b/intune-devices-2.csv](b/intune-devices-2.csv) (40001)',
  )
})

it.each(hostileTexts)('stays one page with %j in every name', (text) => {
  const members = [member(`${text}|\n# x`, { deviceIds: { jamf: 'x' } }), member('m', { deviceIds: { jamf: '1' } })]
  const given = { campaign: `${text}\n# x`, organization: `${text}\n# x` }
  const hostile = guideOf([wave(`${text}|\n# x`, members, { folder: '1-a' })], given)
  const plain = guideOf([wave('a', [member('x', { deviceIds: { jamf: 'x' } }), members[1]!], { folder: '1-a' })])
  const shape = (page: string) =>
    page
      .split('\n')
      .map((line) => (line.startsWith('|') ? line.replace(/\\.|`[^`]*`/g, '').split('|').length : line[0]))
  expect(shape(hostile)).toEqual(shape(plain))
})
