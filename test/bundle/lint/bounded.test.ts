import { expect, it } from 'vitest'
import { boundedSearch, comparable } from '../../../src/bundle/lint/bounded.js'
import { lint } from '../../../src/bundle/lint/lint.js'
import { rules } from '../../../src/bundle/lint/rules.js'
import { settingsFile } from '../../builders/settings-file.js'

it('a bounded search gives up after the hundredth question', () => {
  const search = boundedSearch((name: string) => [name])
  const answers = Array.from({ length: 102 }, (_, index) => search(`${index}`).length)
  expect(answers).toEqual([...Array(100).fill(1), 0, 0])
})

it('lists that a policy may have are compared whole', () => {
  const items = Array.from({ length: 2000 }, (_, index) => index)
  expect(comparable(items, 500)).toEqual(items)
  expect(comparable(items, 0)).toEqual(items)
  expect(comparable(items, 1_000)).toHaveLength(1_000)
  expect(comparable(items, 5_000_000)).toHaveLength(1)
})

/** As much of something as fits into a megabyte. */
function filled(open: string, item: (index: number) => string, close: string): string {
  const items = Array.from({ length: Math.floor(1_000_000 / (item(99_999).length + 1)) }, (_, index) => item(index))
  return `${open}${items.join(',')}${close}`
}

it.each([
  ['keys', filled('{', (index) => `"k${index}":1`, '}')],
  ['deny rules', filled('{"permissions":{"deny":[', (index) => `"Tool${index}"`, ']}}')],
  [
    'deny rules with wildcards',
    filled('{"permissions":{"deny":[', (index) => `"a${index}*"`, '],').slice(0, -1) +
      filled(',"allow":[', (index) => `"b${index}"`, ']}}'),
  ],
  ['matchers', filled('{"hooks":{"PreToolUse":[', (index) => `{"matcher":"Tool${index}","hooks":[]}`, ']}}')],
  [
    'fields of a hook',
    filled('{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"/x",', (index) => `"f${index}":1`, '}]}]}}'),
  ],
  ['variables', filled('{"env":{', (index) => `"OTEL_${index}":"1"`, '}}')],
])(
  'a megabyte of %s is judged within seconds',
  (_, text) => {
    const file = settingsFile(text)
    expect(file.value).toBeDefined()
    const began = performance.now()
    lint([file], rules, { codeVersions: [], desktopVersions: [], asOf: 0 })
    expect(performance.now() - began).toBeLessThan(8_000)
  },
  20_000,
)
