import { redactedText } from '../../policy/content-attributes.js'
import { listText } from '../otlp/value-text.js'

/** What stands in a sentence in place of a text that is shown only with `--content`. */
export const notShown = '(not shown)'

/**
 * The form of a code: a number, an id, the name of a tool, a model or a hook. No blanks, no lines, no path that begins at a
 * root, no address of the web. What a person or a tool writes has blanks as soon as it says something.
 */
const codeForm = /^(?!.*\/\/)-?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.:@+#|*/[\]-]{0,149}$/u
/** The form of the name of a person, a group, a machine or a department: a few words on one line. */
const nameForm =
  /^(?!.*(?:\/\/|:\\))(?=[\p{L}\p{N}_])[\p{L}\p{M}\p{N}_.@\\/&'()+#:-]+(?: [\p{L}\p{M}\p{N}_.@\\/&'()+#:-]+){0,5}$/u
const longestName = 120

/** Whether a value, or each member of a list, has the form of a code. */
export function isCode(text: string): boolean {
  return text === redactedText || membersOf(text).every((member) => codeForm.test(member))
}

/** Whether a value, or each member of a list, has the form of a name. */
export function isName(text: string): boolean {
  if (isCode(text)) return true
  const names = text.startsWith('[') ? membersOf(text) : [text]
  return names.every((name) => name.length <= longestName && nameForm.test(name))
}

/** Stores of texts hold lists as JSON. */
function membersOf(text: string): readonly string[] {
  return text === '[]' ? [] : listText({ stringValue: text }).split(',')
}
