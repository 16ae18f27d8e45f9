import { describe, expect, it } from 'vitest'
import type { Rule } from '../../../src/bundle/lint/rule.js'
import { rules } from '../../../src/bundle/lint/rules-wrong-type.js'
import { hitsOf, settingsFile } from '../../builders/settings-file.js'

const severityOf = (id: string) => rules.find((rule: Rule) => rule.id === id)?.severity
const of = (id: string, value: unknown, codeVersions: readonly string[] = [], more = {}) =>
  hitsOf(rules, id, settingsFile(value, more), { codeVersions }).map(({ severity = severityOf(id), ...hit }) => ({
    severity,
    ...hit,
  }))

describe('wrong-type', () => {
  const deny = { permissions: { deny: 'Bash' } }

  it('tells what each client out there drops', () => {
    const message = (...codeVersions: string[]) => of('wrong-type', deny, codeVersions)[0]?.message
    expect(message('2.1.150')).toContain('Clients before 2.1.166 ignore the whole file')
    expect(message('2.1.150')).not.toContain('2.1.282')
    expect(message('2.1.200')).toContain(
      'from 2.1.166 to before 2.1.282 ignore all of permissions, deny rules included',
    )
    expect(message('2.1.282')).toContain('from 2.1.282 on ignore the value')
    expect(message()).toMatch(/before 2\.1\.166 .* to before 2\.1\.282 .* from 2\.1\.282 on /)
  })

  it('has one range for a top-level key, which is dropped alone from 2.1.166 on', () => {
    const [hit] = of('wrong-type', { model: 1 })
    expect(hit?.message).toMatch(/Clients from 2\.1\.166 on ignore the value\.$/)
    expect(hit?.message).not.toContain('2.1.282')
    expect(hit).toMatchObject({ severity: 'error' })
    expect(hit?.versions).toBeUndefined()
  })

  it('is an error for a null only where something is lost by it', () => {
    const port = { sandbox: { network: { httpProxyPort: null } } }
    expect(of('wrong-type', port)).toMatchObject([{ severity: 'error', versions: '<2.1.282' }])
    expect(of('wrong-type', port, ['2.1.329'])).toMatchObject([{ severity: 'note', versions: '>=2.1.282' }])
    expect(of('wrong-type', { model: null }, ['2.1.200'])).toMatchObject([{ severity: 'note', versions: '>=2.1.166' }])
    expect(of('wrong-type', { allowManagedHooksOnly: null }, ['2.1.329'])).toMatchObject([{ severity: 'error' }])
  })

  it('knows which clients take "true" for true', () => {
    const only = { allowManagedHooksOnly: 'true' }
    const [hit] = of('wrong-type', only)
    expect(hit).toMatchObject({ severity: 'error', versions: '<2.1.229' })
    expect(hit?.message).toMatch(
      /before 2\.1\.166 .*from 2\.1\.166 to before 2\.1\.229 .*from 2\.1\.229 on take it for true/,
    )
    expect(of('wrong-type', only, ['2.1.229'])).toMatchObject([{ severity: 'note', versions: '>=2.1.229' }])
  })

  it('does not say so of other texts and other switches', () => {
    for (const value of [
      { allowManagedHooksOnly: 'yes' },
      { allowManagedHooksOnly: 'false' },
      { disableAllHooks: 'true' },
    ]) {
      const [hit] = of('wrong-type', value, ['2.1.329'])
      expect(hit?.severity).toBe('error')
      expect(hit?.message).not.toContain('take it for true')
    }
  })

  it('says nothing of versions in the file of a user', () => {
    for (const value of [{ model: null }, { allowManagedHooksOnly: 'true' }, deny]) {
      const [hit] = of('wrong-type', value, [], { channel: 'user' })
      expect(hit?.message).toContain('The client drops it.')
      expect(hit?.versions).toBeUndefined()
    }
  })
})

describe('permission-bypass-type', () => {
  const set = (value: unknown) => ({ permissions: { deny: ['Bash'], disableBypassPermissionsMode: value } })

  it('is an error where it forbids nothing and takes the deny rules along', () => {
    const [hit] = of('permission-bypass-type', set(true))
    expect(hit).toMatchObject({ severity: 'error', versions: '<2.1.282' })
    expect(hit?.message).toContain('from 2.1.166 to before 2.1.282 ignore all of permissions, deny rules included')
    expect(of('permission-bypass-type', set('yes'), ['2.1.281', '2.1.329'])).toMatchObject([{ severity: 'error' }])
  })

  it('is a note where every client forbids it all the same', () => {
    const [hit] = of('permission-bypass-type', set(true), ['2.1.282', '2.1.329'])
    expect(hit).toMatchObject({ severity: 'note', versions: '>=2.1.282' })
    expect(hit?.message).toContain('forbid the bypass all the same')
  })

  it.each([false, null])('is an error in every client for %j', (value) => {
    const [hit] = of('permission-bypass-type', set(value), ['2.1.329'])
    expect(hit?.severity).toBe('error')
    expect(hit?.message).toContain('let everybody bypass')
  })
})
