import { load } from 'js-yaml'
import { expect } from 'vitest'
import { parse } from 'yaml'
import type { GroupFiles } from '../../../src/waves/groups/index.js'

/** The cells of a CSV file, read without regard to how it was written. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const [sign, next] = [text[at]!, text[at + 1]]
    if (quoted && sign === '"' && next === '"') cell += text[at++]
    else if (sign === '"') quoted = !quoted
    else if (quoted || !',\r\n'.includes(sign)) cell += sign
    else if (sign !== '\r') {
      rows.at(-1)!.push(cell)
      cell = ''
      if (sign === '\n') rows.push([])
    }
  }
  return rows.slice(0, -1)
}

/** The files of one format and wave. */
export function contentsOf({ files }: GroupFiles, format: string, name: string): string[] {
  return files.filter((file) => file.format === format && file.wave === name).map(({ content }) => content)
}

/** What each format names in a wave, read back as the importer would. */
export function namedIn(result: GroupFiles, name: string): Record<string, (string | number)[]> {
  const lines = (format: string) => contentsOf(result, format, name).flatMap((text) => text.split('\n').slice(0, -1))
  const firstCells = (format: string) =>
    contentsOf(result, format, name).flatMap((text) =>
      cellsOf(text)
        .slice(1)
        .map(([id]) => id!),
    )
  return {
    'jamf-pro': lines('jamf-pro').slice(1),
    intune: firstCells('intune'),
    iru: firstCells('iru'),
    fleetdm: contentsOf(result, 'fleetdm', name).flatMap((text) => {
      const [label] = load(text) as [{ hosts: (string | number)[] }]
      expect(parse(text)).toEqual([label])
      return label.hosts
    }),
    'serial-list': lines('serial-list'),
  }
}
