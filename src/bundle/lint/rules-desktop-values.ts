import { desktopDeprecations } from '../catalogue/desktop-deprecations.js'
import { desktopKey } from '../catalogue/desktop-keys.js'
import type { DesktopProblem } from '../desktop-encoding.js'
import { desktopOf, pathOfPlace } from './desktop-settings-read.js'
import type { Rule } from './rule.js'

const reference = {
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration',
  checked: '2026-08-18',
} as const

/** Headers and attributes have a rule of their own about their form. */
const maps = new Set(['bootstrapHeaders', 'inferenceCustomHeaders', 'otlpHeaders', 'otlpResourceAttributes'])

/** Rules about the values of a Claude Desktop policy. */
export const rules: readonly Rule[] = [
  {
    id: 'desktop-file-unreadable',
    title: 'The file is not JSON',
    surface: 'claude-desktop',
    severity: 'error',
    why: 'A managed file that fails its checks leaves the app managed and unreadable: neither policy nor local settings apply.',
    fix: 'Mend the file; the reason stands in main.log of the app.',
    ...reference,
    *check({ format, value, problems }) {
      const [problem] = problems
      if (format === 'json' && value === undefined)
        yield { path: [], line: problem?.line, message: problem?.message ?? 'The file holds no JSON object.' }
    },
  },
  {
    id: 'desktop-native-array',
    title: 'A list or object that is no JSON text',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'In a profile, lists and objects have to be one string of JSON. Newer pages accept native ones; older releases did not.',
    fix: 'Write the value as JSON into one <string>.',
    ...reference,
    *check(file) {
      for (const { key, code } of desktopOf(file).problems)
        if (code === 'native-array')
          yield {
            path: [key],
            message: `${key} is a native list or dictionary; only JSON in a string is read everywhere.`,
          }
    },
  },
  {
    id: 'desktop-value-form',
    title: 'An old form of a value',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'Old forms of headers, MCP entries, credentials and plugin settings are not accepted any more after their end.',
    fix: 'Use the new form.',
    source: 'https://claude.com/docs/third-party/claude-desktop/configuration-changelog',
    checked: '2026-09-05',
    *check(file, { asOf }) {
      const { settings } = desktopOf(file)
      for (const { placesIn, until, form, use, after } of desktopDeprecations) {
        const over = asOf >= Date.parse(until)
        const when = `${over ? 'was' : 'is'} accepted until ${until.slice(0, 10)}`
        for (const place of placesIn(settings))
          yield {
            path: pathOfPlace(place),
            severity: over ? 'error' : 'warning',
            message: `The form (${form}) ${when}. Then: ${after}`,
            fix: `Use ${use}.`,
          }
      }
    },
  },
  {
    id: 'desktop-wrong-type',
    title: 'A value that the key cannot have',
    surface: 'claude-desktop',
    severity: 'error',
    why: 'Claude Desktop does not use such a value: the key falls to its default, or the file is not read at all.',
    fix: 'Correct the value as the configuration reference has it.',
    ...reference,
    *check(file) {
      const { settings, problems } = desktopOf(file)
      for (const { key, code } of problems) {
        const inOldForm = maps.has(key) && (typeof settings[key] === 'string' || Array.isArray(settings[key]))
        const text = inOldForm || oldForm(key, settings) ? undefined : problemText(key, code)
        if (text !== undefined) yield { path: [key], message: text }
      }
    },
  },
]

/** Whether what is wrong with the whole value is that it has an old form. */
function oldForm(key: string, settings: Readonly<Record<string, unknown>>): boolean {
  return desktopDeprecations.some(({ placesIn }) => placesIn(settings).includes(key))
}

function problemText(name: string, code: DesktopProblem['code']): string | undefined {
  const key = desktopKey(name)
  if (key === undefined) return undefined
  switch (code) {
    case 'not-json':
      return `${name} has to be JSON in a text, and is not JSON.`
    case 'wrong-type':
      return `${name} has to be ${typeText(key.type)}.`
    case 'out-of-range':
      return `${name} is out of its range (${key.minimum ?? key.moreThan ?? '…'} to ${key.maximum ?? '…'}).`
    case 'not-in-enum':
      return `${name} has a value that is not one of: ${(key.members ?? enumOf(key.type)).join(', ')}.`
    case 'too-long':
      return `${name} is longer than ${key.longestText} characters.`
    default:
      return undefined
  }
}

type KeyType = NonNullable<ReturnType<typeof desktopKey>>['type']

function enumOf(type: KeyType): readonly string[] {
  return typeof type === 'object' ? type.enum : []
}

function typeText(type: KeyType): string {
  if (typeof type === 'object') return `one of: ${type.enum.join(', ')}`
  const names = {
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    string: 'a text',
    'string[]': 'a list of texts',
    object: 'an object',
    'object[]': 'a list of objects',
    any: 'another value',
  } as const
  return names[type]
}
