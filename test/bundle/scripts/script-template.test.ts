import { describe, expect, it } from 'vitest'
import { base64Lines } from '../../../src/bundle/scripts/base64-lines.js'
import { fillScriptTemplate } from '../../../src/bundle/scripts/script-template.js'

const helper = 'otel-headers.sh'

describe('filling a script template', () => {
  it('puts constants in their places', () => {
    const script = fillScriptTemplate(helper, { constants: { HEADERS_FILE: '/etc/x.json' }, data: {} })
    expect(script).toContain('\nfile=/etc/x.json\n')
    expect(script).not.toContain('@@')
  })

  it.each(['$(touch x)', "a'b", 'a"b', 'a`b', 'a\nb', 'a;b', 'é'])('refuses the constant %j', (value) => {
    expect(() => fillScriptTemplate(helper, { constants: { HEADERS_FILE: value }, data: {} })).toThrow('no plain value')
  })

  it('refuses a place without a value, and a value without a place', () => {
    expect(() => fillScriptTemplate(helper, { constants: {}, data: {} })).toThrow('HEADERS_FILE')
    expect(() => fillScriptTemplate(helper, { constants: { HEADERS_FILE: '/x', MORE: 'y' }, data: {} })).toThrow('MORE')
    expect(() =>
      fillScriptTemplate('install-claude-code-settings.sh', {
        constants: { PLATFORM: 'linux', SETTINGS_FOLDER: '/etc', SETTINGS_DIGEST: 'a', ATTRIBUTES_LINE: '0' },
        data: { SETTINGS: new Uint8Array() },
      }),
    ).toThrow('no data for SETTINGS')
  })

  it('writes base64 in lines of 76', () => {
    const bytes = Buffer.from('x'.repeat(200))
    const lines = base64Lines(bytes)
    expect(lines.split('\n').map((line) => line.length)).toEqual([76, 76, 76, 40])
    expect(Buffer.from(lines, 'base64')).toEqual(bytes)
  })
})
