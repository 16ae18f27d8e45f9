import { load, YAMLException } from 'js-yaml'
import { exitCode, Failure } from '../../platform/failure.js'
import { Document, type ScalarTag } from '../../policy/yaml.js'
import type { JsonValue } from './json-text.js'
import { formatDepthLimit } from './read-format.js'
import { checkWritable, loneSurrogate, type WritableRules } from './writable-value.js'

const yamlRules: WritableRules = {
  code: 'not-in-yaml',
  format: 'YAML',
  text: (text) => (loneSurrogate.test(text) ? 'half a character (a lone surrogate)' : undefined),
  // With an exponent, a YAML 1.1 reader may take the number as text; large integers lose digits.
  number: (value) =>
    (Number.isInteger(value) ? Number.isSafeInteger(value) : /^-?\d+\.\d+$/.test(String(value)))
      ? undefined
      : 'a number that all readers take alike',
  null: true,
  undefinedKeys: true,
}

const plainKey = /^[A-Za-z_][A-Za-z0-9_/.-]*$/
/** Words that YAML 1.1 takes as true, false or null (https://yaml.org/type/bool.html, /null.html, 2026-11-21). */
const yaml11Word = /^(?:y|yes|n|no|true|false|on|off|null)$/i

/**
 * What YAML's own escapes have to say: line breaks of YAML 1.1, which a reader would fold, and what YAML does not hold
 * as it is (https://yaml.org/spec/1.2.2/#51-character-set, 2026-11-21). JSON's escapes cover the rest.
 */
const toEscape = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}]/gu

const quotedString: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text) => text,
  stringify: (item, context) => {
    const text = String(item.value)
    if (context.implicitKey === true && plainKey.test(text) && !yaml11Word.test(text)) return text
    return JSON.stringify(text).replace(
      toEscape,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  },
}

/**
 * YAML that readers of 1.1 and 1.2 take alike: block style, one line for each value, every text in double quotes, no
 * anchors, and the given order of keys. Throws a Failure (`not-in-yaml`) that names the key path.
 */
export function writeYaml(value: JsonValue): string {
  checkWritable(value, yamlRules)
  const document = new Document(value, {
    aliasDuplicateObjects: false,
    customTags: (tags) => [
      quotedString,
      ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== quotedString.tag),
    ],
    keepUndefined: false,
  })
  return document.toString({ lineWidth: 0 })
}

/**
 * The value of the one YAML document in the text, by the rules of YAML 1.2. Throws a Failure (`not-yaml`), also for
 * aliases and for a key that is there twice.
 */
export function readYaml(text: string): unknown {
  try {
    return load(text, { maxDepth: formatDepthLimit, maxAliases: 0 })
  } catch (error) {
    const line = error instanceof YAMLException && error.mark !== undefined ? ` (line ${error.mark.line + 1})` : ''
    throw new Failure(
      exitCode.inputRefused,
      'not-yaml',
      `This is not one valid YAML document without aliases${line}.`,
      {
        tryThis: ['Check the indentation, quotes and colons at that line.'],
      },
    )
  }
}
