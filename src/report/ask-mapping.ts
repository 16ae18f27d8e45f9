import { readFile } from 'node:fs/promises'
import { checkbox, confirm, input, select } from '@inquirer/prompts'
import { safeText } from '../platform/safe-text.js'
import { writeFileSafely } from '../platform/write-file.js'
import type { Mapping, MappingField } from '../sources/mapping.js'
import type { Table } from '../sources/recognise.js'

const questions: readonly { readonly field: MappingField; readonly message: string }[] = [
  { field: 'hostname', message: 'Which column holds the host name?' },
  { field: 'os', message: 'Which column names the operating system?' },
  { field: 'lastSeen', message: 'Which column holds the last check-in?' },
  { field: 'department', message: 'Which column holds the department?' },
  { field: 'email', message: 'Which column holds the e-mail address?' },
  { field: 'desktop.version', message: 'Which column holds the version of Claude Desktop?' },
  { field: 'app.name', message: 'Or, in a list with one app a row: which column names the app?' },
]

const identities: readonly { readonly name: string; readonly value: MappingField }[] = [
  { name: 'the serial number', value: 'serial' },
  { name: "the product's own device id", value: 'deviceId' },
  { name: 'the hardware UUID', value: 'hardwareUuid' },
]

/** Questions go to stderr, so that stdout stays the result. */
const context = { output: process.stderr }

/**
 * Asks which column of an unknown table is which, and offers to keep the answer in the policy. Undefined where the
 * administrator passes the file over. Needs a terminal.
 */
export async function askMapping(
  file: string,
  table: Table,
  policyFile: string | undefined,
): Promise<Mapping | undefined> {
  const name = safeText(file)
  const columns = table.names.filter((column) => column.trim() !== '')
  const shown = columns.map((column) => ({ name: `${safeText(column)}${exampleOf(table, column)}`, value: column }))
  const known = await confirm(
    { message: `fleet does not know the columns of ${name}. Say which is which?`, default: true },
    context,
  )
  if (!known) return undefined
  const kinds = await checkbox(
    { message: 'What identifies an endpoint in it?', choices: [...identities], required: true },
    context,
  )
  const mapping: Partial<Record<MappingField, string>> = {}
  for (const kind of kinds) {
    const what = identities.find(({ value }) => value === kind)?.name
    mapping[kind] = await select({ message: `Which column holds ${what}?`, choices: shown }, context)
  }
  const choices = [{ name: '(none)', value: '' }, ...shown]
  for (const { field, message } of questions) {
    if (field === 'app.name' && mapping['desktop.version'] !== undefined) continue
    const column = await select({ message, choices }, context)
    if (column !== '') mapping[field] = column
    if (field === 'app.name' && column !== '')
      mapping['app.version'] = await select({ message: 'Which column holds its version?', choices: shown }, context)
  }
  if (await confirm({ message: 'Keep this answer in the policy, under sources.map?', default: true }, context)) {
    const target = policyFile ?? (await input({ message: 'Policy file:', default: 'fleet.yaml' }, context))
    await saveMapping(target, mapping)
  }
  return mapping
}

function exampleOf(table: Table, column: string): string {
  const index = table.names.indexOf(column)
  const example = table.rows.map((row) => row[index] ?? '').find((cell) => cell.trim() !== '')
  return example === undefined ? '' : `  (such as ${safeText(example.slice(0, 40))})`
}

/** Adds a mapping to the policy, keeping its comments and order. */
export async function saveMapping(file: string, mapping: Mapping): Promise<void> {
  const { parseDocument } = await import('../policy/yaml.js')
  const text = await readFile(file, 'utf8').catch(() => '')
  const document = parseDocument(text)
  const before = document.getIn(['sources', 'map'])
  if (before === undefined) document.setIn(['sources', 'map'], [mapping])
  else document.addIn(['sources', 'map'], document.createNode(mapping))
  await writeFileSafely(file, document.toString(), { mode: 0o644 })
}
