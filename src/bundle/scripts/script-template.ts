import { readTemplate } from '../../platform/template-file.js'
import { base64Lines, isBase64Lines } from './base64-lines.js'

/** What takes the marked places of a template. */
export interface TemplateValues {
  /** For `@@NAME@@` inside a line: fixed texts of this program, digests and numbers; never a text of the policy. */
  readonly constants: Readonly<Record<string, string>>
  /** For `@@NAME@@` alone on a line: any bytes, as lines of base64. */
  readonly data: Readonly<Record<string, Uint8Array>>
}

/** Characters that no shell and no PowerShell acts on inside single quotes; constants without quotes hold fewer. */
const plainConstant = /^[A-Za-z0-9 .:/\\_-]*$/

/**
 * The script made from a template: of `templates/scripts`, or with a folder in its name, such as `probe/probe.sh`. Everything a script does stands in its template, to be
 * reviewed as code; what comes from a policy is data in base64 and nothing else. Lines `@@PART name@@` take in another
 * template. Throws an Error, a bug, where a place has no value or a value no place.
 */
export function fillScriptTemplate(name: string, { constants, data }: TemplateValues): string {
  const used = new Set<string>()
  const text = withParts(name)
    .replace(/^@@([A-Z_]+)@@$/gm, (_, key: string) => {
      used.add(key)
      return blockOf(name, key, data)
    })
    .replace(/@@([A-Z_]+)@@/g, (_, key: string) => {
      used.add(key)
      return constantOf(name, key, constants)
    })
  const idle = [...Object.keys(constants), ...Object.keys(data)].filter((key) => !used.has(key))
  if (idle.length > 0) throw new Error(`The template ${name} has no place for ${idle.join(', ')}.`)
  return text
}

function blockOf(name: string, key: string, data: TemplateValues['data']): string {
  const bytes = Object.hasOwn(data, key) ? data[key] : undefined
  const lines = bytes && base64Lines(bytes)
  if (lines === undefined || !isBase64Lines(lines)) throw new Error(`The template ${name} has no data for ${key}.`)
  return lines
}

function constantOf(name: string, key: string, constants: TemplateValues['constants']): string {
  const value = Object.hasOwn(constants, key) ? constants[key] : undefined
  if (value === undefined || !plainConstant.test(value))
    throw new Error(`The template ${name} has no plain value for ${key}.`)
  return value
}

function withParts(name: string): string {
  const path = name.includes('/') ? name : `scripts/${name}`
  return readTemplate(path).replace(/^@@PART ([A-Za-z0-9./-]+)@@\n/gm, (_, part: string) => withParts(part))
}
