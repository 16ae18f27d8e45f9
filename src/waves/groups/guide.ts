import { cellCode, markdownList, markdownTable } from '../../platform/markdown-table.js'
import { markdownText } from '../../platform/markdown-text.js'
import { type GroupContext, type GroupFormat, groupName, leftOutReasons, type WaveMembers } from './group-file.js'
import { type GroupFiles, groupFormats } from './index.js'

/** Where `guideText` belongs, beside the files it speaks of. */
export const guidePath = 'groups/README.md'

/** A wave as the guide shows it; days are texts such as `2026-11-30`. */
export interface DatedWave extends WaveMembers {
  readonly start: string
  /** The last day on which endpoints are attempted. */
  readonly end: string
  /** It has begun: its files name only who is not ready yet. */
  readonly isRunning?: boolean | undefined
}

/** The page for people: which file is for which wave, and for each product what to do with it. */
export function guideText(waves: readonly DatedWave[], result: GroupFiles, context: GroupContext): string {
  const { campaign, organization } = context
  const formats = groupFormats.filter(({ id }) => result.files.some(({ format }) => format === id))
  const owner = organization === undefined ? '' : ` of ${markdownText(organization)}`
  const blocks = [
    `# Groups for the rollout ${markdownText(campaign)}${owner}`,
    'Each folder is one wave, each file puts the endpoints of that wave into a group of one product. An endpoint that several products know stands in the files of all of them.',
    '## Waves',
    markdownTable(
      ['Wave', 'From', 'To', 'Endpoints', 'Name for the group', 'Files'],
      waves.map((wave) => [
        markdownText(wave.name),
        wave.start,
        wave.end,
        String(wave.members.length),
        markdownText(groupName(wave, context)),
        filesOf(wave, result, formats) || 'none',
      ]),
    ),
    ...(waves.some(({ isRunning }) => isRunning)
      ? [
          `${waves.flatMap(({ name, isRunning }) => (isRunning ? [markdownText(name)] : [])).join(', ')}: begun already. Its files name who is not ready yet. Leave its group as it is; take from it who has left the plan.`,
        ]
      : []),
    markdownList([
      'Load a wave when its gate is open (`fleet plan check`), not all at once.',
      'The lines stand in the order in which the endpoints are attempted: where only so many a day are possible, take the first ones first.',
      'Do not open a file in a spreadsheet and save it: serial numbers such as `1E5` or `0012` would come out changed.',
      'Serial numbers are written as fleet compares them, in capitals and without blanks. A virtual machine whose serial number has blanks will not be found by it.',
      'The files name machines and people. Keep them as you keep the plan.',
    ]),
    ...missingBlocks(result, formats),
    ...formats.flatMap(formatBlocks),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** A wave's files with how many endpoints each has; numbered parts are shown by the first and the last. */
function filesOf({ name }: DatedWave, { files }: GroupFiles, formats: readonly GroupFormat[]): string {
  return formats
    .flatMap(({ id }) => {
      const parts = files.filter(({ wave, format }) => wave === name && format === id)
      const [first, last] = [parts[0], parts.at(-1)]
      if (first === undefined || last === undefined) return []
      const endpoints = parts.reduce((sum, part) => sum + part.endpoints, 0)
      const shown = parts.length === 1 ? link(first.path) : `${link(first.path)} to ${link(last.path)}`
      return [`${shown} (${endpoints})`]
    })
    .join(', ')
}

function link(path: string): string {
  const place = path.slice('groups/'.length)
  return `[${markdownText(place)}](${place})`
}

function missingBlocks({ unlisted, leftOut }: GroupFiles, formats: readonly GroupFormat[]): string[] {
  const blocks: string[] = []
  if (unlisted.length > 0)
    blocks.push(
      '## Endpoints that no file of an MDM names',
      'They belong to their wave, and no file for an MDM will reach them. See to them by hand (`serials.txt` names those with a serial number of their own), or give fleet exports with their device ids and plan again.',
      markdownTable(
        ['Wave', 'Endpoints', 'Why', 'Such as'],
        unlisted.map(({ wave, endpoints, reason, examples }) => [
          markdownText(wave),
          String(endpoints),
          reason === 'no-record' ? `no device id of ${mdmTitles()} is known` : leftOutReasons[reason],
          examples.map(cellCode).join(', '),
        ]),
      ),
    )
  if (leftOut.length > 0)
    blocks.push(
      '## Left out of single files',
      'Another file may name them.',
      markdownTable(
        ['Wave', 'File for', 'Endpoints', 'Why', 'Such as'],
        leftOut.map(({ wave, format, endpoints, reason, examples }) => [
          markdownText(wave),
          titleOf(format, formats),
          String(endpoints),
          leftOutReasons[reason],
          examples.map(cellCode).join(', '),
        ]),
      ),
    )
  return blocks
}

function titleOf(format: string, formats: readonly GroupFormat[]): string {
  return (formats.find(({ id }) => id === format) ?? groupFormats.find(({ id }) => id === format))?.title ?? format
}

function mdmTitles(): string {
  const titles = groupFormats.flatMap(({ product, title }) => (product === undefined ? [] : [title]))
  return `${titles.slice(0, -1).join(', ')} or ${titles.at(-1)}`
}

function formatBlocks({ title, guide }: GroupFormat): string[] {
  const steps = guide.steps.map(({ text, block }, index) => {
    const number = `${index + 1}. `
    const indent = ' '.repeat(number.length)
    const code = block && ['', `\`\`\`${block.language}`, ...block.text.split('\n'), '```']
    return [`${number}${text}`, ...(code ?? []).map((line) => `${indent}${line}`.trimEnd())].join('\n')
  })
  const section = (head: string, lines: readonly string[]) => (lines.length === 0 ? [] : [head, markdownList(lines)])
  return [
    `## ${title}`,
    guide.what,
    ...section('What it needs:', guide.needs),
    ...(steps.length === 0 ? [] : ['Steps:', steps.join('\n')]),
    ...section('Know before you start:', guide.caveats),
    ...section('Sources:', guide.sources),
  ]
}
