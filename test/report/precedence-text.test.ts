import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { onlyKey, settingsExplained } from '../../src/bundle/precedence/explanation-document.js'
import { paintFor } from '../../src/report/paint.js'
import { precedenceJson, precedenceText } from '../../src/report/precedence-text.js'
import { dropIn, explained } from '../bundle/precedence/machine.js'

const look = (width: number) => ({ width, paint: paintFor(false) })

describe('the text', () => {
  const hostile = '\u001b[31m\u202eend'
  const long = Array.from({ length: 200 }, (_, index) => `Bash(command-${index}:*)`)
  const machine = settingsExplained(
    explained({ server: { [hostile]: hostile, model: hostile, permissions: { deny: long } }, user: { model: 'x' } }),
  )

  it.each([60, 80, 120])('fits %i columns, and cuts long values', (width) => {
    const text = precedenceText(machine, look(width))
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(text).toContain('…')
    expect(text).not.toContain('command-199')
  })

  it('shows nothing that a terminal acts on', () => {
    for (const text of [precedenceText(machine, look(100)), precedenceJson(machine)])
      expect(text).not.toMatch(/\u001b|\u202e/)
    expect(JSON.parse(precedenceJson(machine))).toEqual(machine)
  })

  it('names the same value of several files once', () => {
    const list = { permissions: { deny: ['WebFetch'] } }
    const text = precedenceText(
      settingsExplained(explained({ server: { model: 'x' }, file: list }, undefined, [dropIn('10-a.json', list)])),
      look(120),
    )
    expect(text.match(/not \["WebFetch"\]/g)).toHaveLength(1)
  })

  it('says what is unknown, and why', () => {
    const disabled = (value: boolean) => ({ sandbox: { filesystem: { disabled: value } } })
    const text = precedenceText(
      settingsExplained(explained({ server: disabled(true), file: disabled(false) })),
      look(120),
    )
    expect(text).toContain('unknown: the sources disagree')
  })

  it('shows one key and what is inside it, and no key that only begins alike', () => {
    const document = settingsExplained(
      explained({ file: { model: 'x', modelOverrides: { a: 'b' }, env: { 'a b': '1' } } }),
    )
    expect(onlyKey(document, 'model').keys.map(({ path }) => path)).toEqual(['model'])
    expect(onlyKey(document, 'env').keys.map(({ path }) => path)).toEqual(['env["a b"]'])
    expect(precedenceText(onlyKey(document, 'language'), look(80), 'language')).toContain('No source sets language.')
  })
})
