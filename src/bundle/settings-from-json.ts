import { readDesktopLinuxFile } from './desktop-encoding.js'
import { readJsonText } from './formats/json-text.js'
import type { FormatProblem } from './formats/read-format.js'
import { isRecord } from './is-record.js'
import type { KindAdvice } from './kind-advice.js'
import { type NotSettings, unread } from './not-settings.js'
import type { SettingsFile } from './settings-file.js'
import { baseName, dropInDepth, kindByKeys, kindNamed, kindOfJson, type SettingsKind } from './settings-kind.js'

/** Marks of a byte order that clients were seen to read over (2.1.150 to 2.1.329, 2026-11-20). */
const readAnyway = new Set(['utf-16', 'byte-order-mark'])

/** Settings in a JSON file. One that was `named` itself needs one key that tells what it is, others more than half. */
export function settingsFromJson(
  file: { readonly name: string; readonly path: string },
  bytes: Uint8Array,
  {
    as,
    named,
    advice,
  }: { readonly as?: SettingsKind | undefined; readonly named: boolean; readonly advice: KindAdvice },
): readonly SettingsFile[] | NotSettings {
  const read = readJsonText(bytes)
  const lenient = isRecord(read.lenient) ? read.lenient : undefined
  const onlyMarks = read.problems.every(({ code }) => readAnyway.has(code))
  const value = isRecord(read.value) ? read.value : onlyMarks ? lenient : undefined
  const keys = Object.keys(value ?? lenient ?? {})
  const kind = as === undefined ? (kindOfJson(file.path, keys) ?? kindByKeys(keys, named)) : kindNamed(as)
  if (kind === undefined) return strange(keys.length === 0 ? read.problems : [], value, advice)
  const ignored = kind.channel === 'drop-in' && as === undefined ? ignoredDropIn(file.path) : undefined
  const inForce = ignored === undefined ? value : undefined
  return [
    {
      file: file.name,
      ...kind,
      format: 'json',
      value: kind.surface === 'claude-desktop' && inForce ? readDesktopLinuxFile(inForce).settings : inForce,
      lenient,
      problems: ignored === undefined ? read.problems : [ignored],
      lineOf: read.lineOf,
    },
  ]
}

function strange(
  problems: readonly FormatProblem[],
  value: Readonly<Record<string, unknown>> | undefined,
  advice: KindAdvice,
): NotSettings {
  if (problems.length > 0) return unread(problems, advice.damagedJson, true)
  const schema = typeof value?.schema === 'string' ? value.schema : ''
  if (schema.startsWith('fleet.scan/'))
    return {
      code: 'scan-given',
      message: 'It is the document of a scan.',
      tryThis: advice.scan,
      other: true,
    }
  return {
    code: 'not-settings',
    message: 'Neither name nor keys say what settings these are.',
    tryThis: advice.unknownJson,
    other: true,
  }
}

/** Which drop-ins a client does not read: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
function ignoredDropIn(path: string): FormatProblem | undefined {
  if (baseName(path).startsWith('.')) return { code: 'drop-in-hidden', message: 'The name of the drop-in is hidden.' }
  if ((dropInDepth(path) ?? 1) > 1) return { code: 'drop-in-folder', message: 'The drop-in is in a folder of its own.' }
  if (!path.endsWith('.json')) return { code: 'drop-in-name', message: 'The name does not end in .json.' }
  return undefined
}
