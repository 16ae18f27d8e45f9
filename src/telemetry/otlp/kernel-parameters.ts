import type { Words } from '../batch.js'
import { parameterMembers } from '../fields.js'
import type { BatchColumns } from './batch-columns.js'
import type { KernelPlan } from './kernel-plan.js'
import { parsedValue } from './kernel-words.js'
import { memberText, objectOfText, valueText } from './value-text.js'
import type { EventUse } from './word-columns.js'
import { wordText } from './word-text.js'

const mostKept = 4096
const longestKept = 1024

/** What is read from the JSON text in `tool_parameters`. Calls of the same MCP tool repeat it, so that it is kept. */
export class KernelParameters {
  readonly #kept = new Map<string, ReadonlyMap<string, string>>()

  /** Fills the columns that the event uses and that are empty from a value of `tool_parameters`, given as JSON. */
  fill({ plan }: KernelPlan, use: EventUse, json: string, columns: BatchColumns, start: number, words: Words): void {
    const found = this.#members(json)
    if (found.size === 0) return
    for (const { column, members } of plan.parameters) {
      if (use.columns[column] !== 1 || columns.words[start + column] !== 0) continue
      const member = members.find((name) => found.has(name))
      if (member !== undefined) columns.words[start + column] = words.word(found.get(member)!)
    }
  }

  #members(json: string): ReadonlyMap<string, string> {
    const known = this.#kept.get(json)
    if (known !== undefined) return known
    const found = new Map<string, string>()
    const text = valueText(parsedValue(json))
    // As in the exact reader: a name that the text does not hold as it is, is not looked for.
    const members = parameterMembers.filter((member) => text.includes(member))
    const object = members.length > 0 ? objectOfText(text) : undefined
    for (const member of object ? members : []) {
      const value = memberText(object!, member)
      if (value !== '') found.set(member, wordText(value))
    }
    if (json.length <= longestKept) {
      if (this.#kept.size === mostKept) this.#kept.clear()
      this.#kept.set(json, found)
    }
    return found
  }
}
