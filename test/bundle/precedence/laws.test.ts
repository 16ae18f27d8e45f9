import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claudeCodeKeys } from '../../../src/bundle/catalogue/claude-code-keys.js'
import { simpleTypes } from '../../../src/bundle/catalogue/settings-key.js'
import { keyPathText } from '../../../src/bundle/formats/read-format.js'
import { explainCode } from '../../../src/bundle/precedence/explain-code.js'
import { explainDesktop } from '../../../src/bundle/precedence/explain-desktop.js'
import { SettingsExplained, settingsExplained } from '../../../src/bundle/precedence/explanation-document.js'
import { sourceNames } from '../../../src/bundle/precedence/source.js'
import { union } from '../../../src/bundle/precedence/source-settings.js'
import { paintFor } from '../../../src/report/paint.js'
import { precedenceText } from '../../../src/report/precedence-text.js'
import { dropIn, explained, given } from './machine.js'

/** Names that combine in ways of their own, with everything inside. */
const special =
  /^(?:env|sandbox|attribution)\b|^(?:allow|denied|disableClaudeAi|use|sync|enableArtifact|maxEffort|include|force|gateway|managed|wsl|policy|isolate|remoteControl|crossSession|autoMode)/

const texts = fc.string({ maxLength: 8 })
const plain = claudeCodeKeys.filter(
  ({ path, scope, readBy, since, newerThan, machineOnly }) =>
    !special.test(path) &&
    !path.includes('.') &&
    scope !== 'global-config' &&
    scope !== 'unknown' &&
    readBy === undefined &&
    since === undefined &&
    newerThan === undefined &&
    !machineOnly &&
    path !== '$schema',
)

/** A valid value for a key of the catalogue, where one is easily made. */
function valueFor(key: (typeof plain)[number]): fc.Arbitrary<unknown> | undefined {
  const type = simpleTypes(key.type)[0]
  if (key.minimum !== undefined || key.mostItems !== undefined) return undefined
  if (type === 'boolean') return fc.boolean()
  if (type === 'string') return texts
  if (type === 'string[]') return fc.array(texts, { maxLength: 3 })
  return typeof type === 'object' && 'enum' in type ? fc.constantFrom(...type.enum) : undefined
}

const pairs = plain.flatMap((key) => {
  const value = valueFor(key)
  return value === undefined ? [] : [[key.path, value] as const]
})
const plainSettings = fc
  .subarray(pairs, { minLength: 1, maxLength: 6 })
  .chain((chosen) => fc.record(Object.fromEntries(chosen)))

/** Anything that can stand in a JSON file, with real names at the top and inside. */
const names = claudeCodeKeys.flatMap(({ path }) => path.split('.'))
const anyName = fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor', 'OTEL_LOGS_EXPORTER', 'Stop'), texts)
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(true, false, 'disable', 'merge', 'gateway', 'refuse', 'low', '2.1.200', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 4 }),
  ),
})).value
const anySettings = fc.dictionary(anyName, anyValue, { maxKeys: 6 })
const client = fc.option(
  fc.constantFrom('1.0.0', '2.1.83', '2.1.165', '2.1.222', '2.1.242', '2.1.273', '2.1.329', '3.0.0'),
  {
    nil: undefined,
  },
)

describe('laws', () => {
  it('first-wins does not depend on lower sources, but for keys of their own kind', () => {
    fc.assert(
      fc.property(plainSettings, anySettings, client, (server, file, version) => {
        const alone = explained({ server }, version)
        const both = explained({ server, file: { ...file, managedSourcesBehavior: 'merge' }, hkcu: file }, version)
        for (const key of both.keys) {
          if (special.test(keyPathText(key.path))) continue
          const before = alone.keys.find(({ path }) => keyPathText(path) === keyPathText(key.path))
          expect([key.state, key.value]).toEqual(
            before === undefined ? ['none', undefined] : [before.state, before.value],
          )
        }
      }),
      { numRuns: 150 },
    )
  })

  it('a source that is added below never changes what a higher one sets', () => {
    const order = ['server', 'hklm', 'file', 'hkcu', 'local', 'project', 'user'] as const
    fc.assert(
      fc.property(plainSettings, anySettings, fc.nat(3), fc.integer({ min: 1, max: 6 }), (high, low, at, step) => {
        const [above, below] = [order[at]!, order[at + step]]
        if (below === undefined) return
        const machine = explained({ [above]: high, [below]: low })
        for (const [name, value] of Object.entries(high)) {
          const key = machine.keys.find(({ path }) => path.length === 1 && path[0] === name)
          expect(key?.state).toBe('set')
          if (Array.isArray(value)) expect(key?.value).toEqual(expect.arrayContaining(value as unknown[]))
          else expect(key?.value).toEqual(value)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('drop-ins count by their names, not by the order in which they are given', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9]{1,6}$/), anySettings), {
          selector: ([name]) => name,
          minLength: 2,
          maxLength: 4,
        }),
        anySettings,
        (parts, base) => {
          const files = parts.map(([name, content]) => dropIn(`${name}.json`, content))
          const one = explainCode([given('file', base), ...files], undefined)
          const other = explainCode([...files.reverse(), given('file', base)], undefined)
          expect(JSON.stringify(other)).toBe(JSON.stringify(one))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('the last drop-in that sets a scalar has it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 5 }), (all) => {
        const machine = explained(
          { file: { language: 'base' } },
          undefined,
          all.map((name) => dropIn(`${name}.json`, { language: name })),
        )
        expect(machine.keys[0]?.value).toBe([...all.map((name) => `${name}.json`)].sort().at(-1)?.replace('.json', ''))
      }),
    )
  })

  it('joining a list with itself changes nothing, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.jsonValue()), (a, b) => {
        const once = union([a, b])
        expect(union([once, once])).toEqual(once)
        expect(union([once, b, a])).toEqual(once)
        const texts = new Set(once.map((item) => JSON.stringify(item)))
        for (const item of [...a, ...b]) expect(texts.has(JSON.stringify(item))).toBe(true)
      }),
    )
  })

  it('never throws, whatever the files hold, and gives a valid document and text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...sourceNames), anySettings), client, (contents, version) => {
        const document = settingsExplained(explained(contents, version))
        expect(SettingsExplained.parse(document)).toEqual(document)
        for (const key of document.keys) expect(key.unknown !== undefined).toBe(key.state === 'unknown')
        precedenceText(document, { width: 80, paint: paintFor(false) })
      }),
      { numRuns: 300 },
    )
  })

  it('never throws for Claude Desktop either', () => {
    fc.assert(
      fc.property(anySettings, client, (content, version) => {
        const { settings } = given('file', content)
        const desktop = { source: 'file', settings: { ...settings, surface: 'claude-desktop' } } as const
        expect(SettingsExplained.safeParse(settingsExplained(explainDesktop([desktop], version))).success).toBe(true)
      }),
    )
  })
})
