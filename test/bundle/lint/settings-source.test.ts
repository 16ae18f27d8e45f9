import { describe, expect, it } from 'vitest'
import { listAt, sourceOf, valueAt } from '../../../src/bundle/lint/settings-source.js'
import { lintContext, settingsFile } from '../../builders/settings-file.js'

const base = settingsFile({
  model: 'a',
  env: { A: '1', B: '1' },
  permissions: { deny: ['Bash', 'Read'] },
  fallbackModel: ['x', 'y'],
  extraKnownMarketplaces: { acme: { source: { source: 'url', url: 'https://a.example' }, autoUpdate: true } },
})
const dropIn = (name: string, value: unknown) =>
  settingsFile(value, { channel: 'drop-in', file: `managed-settings.d/${name}` })
const second = dropIn('20-b.json', { model: 'c', permissions: { deny: ['Read', 'Edit'] } })
const first = dropIn('10-a.json', {
  model: 'b',
  env: { B: '2' },
  fallbackModel: ['z'],
  extraKnownMarketplaces: { acme: { source: { source: 'url', url: 'https://b.example' } } },
})

describe('a managed file and its drop-ins', () => {
  const files = [second, base, first]
  const source = sourceOf(base, lintContext(files))

  it('are one source, the base file first and the drop-ins by name', () => {
    expect(source.files).toEqual([base, first, second])
    for (const file of files) expect(sourceOf(file, lintContext(files)).files).toEqual(source.files)
  })

  it('merge: the later scalar, joined lists, objects by key, a model list and a marketplace whole', () => {
    expect(source.value).toEqual({
      model: 'c',
      env: { A: '1', B: '2' },
      permissions: { deny: ['Bash', 'Read', 'Edit'] },
      fallbackModel: ['z'],
      extraKnownMarketplaces: { acme: { source: { source: 'url', url: 'https://b.example' } } },
    })
  })

  it('tell which of them is in force', () => {
    expect(source.setBy(['model'])).toBe(second)
    expect(source.setBy(['env', 'A'])).toBe(base)
    expect(source.setBy(['env', 'C'])).toBeUndefined()
  })

  it('do not join with other folders, hidden files or other channels', () => {
    const strangers = [
      settingsFile({ model: 'x' }, { file: 'other/managed-settings.json' }),
      dropIn('.hidden.json', { model: 'x' }),
      dropIn('deeper/30-c.json', { model: 'x' }),
      settingsFile({ model: 'x' }, { channel: 'server', file: 'managed-settings.json' }),
      settingsFile({ model: 'x' }, { surface: 'claude-desktop' }),
    ]
    expect(sourceOf(base, lintContext([base, ...strangers])).files).toEqual([base])
    for (const file of strangers) expect(sourceOf(file, lintContext([base, ...strangers])).files).toEqual([file])
  })

  it('keep a key called __proto__ for what it is', () => {
    const odd = settingsFile('{ "__proto__": { "model": "x" } }')
    const { value } = sourceOf(odd, lintContext([odd, dropIn('10.json', { env: {} })]))
    expect(value.model).toBeUndefined()
    expect(Object.keys(value)).toEqual(['__proto__', 'env'])
  })
})

describe('reading a place', () => {
  it('sees own names only', () => {
    expect(valueAt({}, ['constructor'])).toBeUndefined()
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1)
    expect(valueAt({ a: 'text' }, ['a', 'length'])).toBeUndefined()
    expect(valueAt({ a: 'text' }, ['a', 0])).toBeUndefined()
  })

  it('takes anything but a list for an empty one', () => {
    expect(listAt({ a: 'x' }, ['a'])).toEqual([])
  })
})
