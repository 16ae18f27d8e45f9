import { describe, expect, it } from 'vitest'
import { explained, inForce, keyOf, lossesOf, sourcesOf } from './machine.js'

describe('files of users and projects', () => {
  it('come below managed settings: local, then project, then user', () => {
    const value = (language: string) => ({ language })
    const all = { file: value('m'), local: value('l'), project: value('p'), user: value('u') }
    expect(inForce(explained(all), 'language')).toBe('m')
    const { file: _, ...lower } = all
    expect(inForce(explained(lower), 'language')).toBe('l')
    expect(lossesOf(explained(lower), 'language')).toEqual({ project: 'higher-file', user: 'higher-file' })
    expect(inForce(explained({ project: value('p'), user: value('u') }), 'language')).toBe('p')
  })

  it('are not reached by a source that is skipped', () => {
    const machine = explained({ server: { model: 'x' }, file: { language: 'm' }, user: { language: 'u' } })
    expect(inForce(machine, 'language')).toBe('u')
  })

  it('add to lists, but not to the chain of models and not to the managed models', () => {
    const lists = (name: string) => ({
      permissions: { deny: [name] },
      fallbackModel: [name],
      availableModels: [name],
    })
    const machine = explained({ file: lists('a'), project: lists('b'), user: lists('c') })
    expect(inForce(machine, 'permissions.deny')).toEqual(['a', 'b', 'c'])
    expect(inForce(machine, 'fallbackModel')).toEqual(['a'])
    expect(inForce(machine, 'availableModels')).toEqual(['a'])
    expect(inForce(explained({ project: lists('b'), user: lists('c') }), 'availableModels')).toEqual(['b', 'c'])
  })

  const hooks = { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] } }
  it.each([
    [{ allowManagedPermissionRulesOnly: true }, { permissions: { allow: ['WebFetch'] } }, 'permissions.allow'],
    [{ allowManagedHooksOnly: true }, hooks, 'hooks.Stop'],
    [{ allowManagedHooksOnly: true }, { statusLine: { type: 'command', command: 'x' } }, 'statusLine.command'],
    [{ allowManagedMcpServersOnly: true }, { allowedMcpServers: [{ serverName: 'x' }] }, 'allowedMcpServers'],
    [
      { sandbox: { network: { allowManagedDomainsOnly: true } } },
      { sandbox: { network: { allowedDomains: ['x.example'] } } },
      'sandbox.network.allowedDomains',
    ],
    [
      { sandbox: { filesystem: { allowManagedReadPathsOnly: true } } },
      { sandbox: { filesystem: { allowRead: ['/x'] } } },
      'sandbox.filesystem.allowRead',
    ],
  ])('are shut out by %j', (lock, content, path) => {
    expect(lossesOf(explained({ file: lock, user: content }), path)).toEqual({ user: 'locked' })
    expect(inForce(explained({ file: { model: 'x' }, user: content }), path)).not.toBe('none')
    expect(lossesOf(explained({ server: { model: 'x' }, hkcu: lock, user: content }), path)).not.toEqual({
      user: 'locked',
    })
  })

  it('still add denied MCP servers under the lock', () => {
    const machine = explained({
      file: { allowManagedMcpServersOnly: true },
      user: { deniedMcpServers: [{ serverName: 'x' }] },
    })
    expect(inForce(machine, 'deniedMcpServers')).toEqual([{ serverName: 'x' }])
  })

  it('are not judged by a lock that may be on', () => {
    const server = { telemetri: {} }
    const machine = explained({ server, file: { allowManagedHooksOnly: true }, user: hooks })
    expect(keyOf(machine, 'hooks.Stop').unknown).toBe('lock-unknown')
  })

  it.each([
    ['disableClaudeAiConnectors', false, true, ['local', 'project', 'user']],
    ['isolatePeerMachines', false, true, ['local', 'project', 'user']],
    ['enableArtifact', true, false, ['local', 'project', 'user']],
    ['remoteControlAtStartup', true, false, ['local', 'project']],
    ['crossSessionInbound', 'hold', 'refuse', ['local', 'project']],
    ['useAutoModeDuringPlan', true, false, ['local', 'user']],
    ['syncClaudeAiSkills', true, false, ['local', 'user']],
    ['maxEffortLevel', 'high', 'low', ['local', 'project', 'user']],
  ])('are heard where %s is stricter than the managed value', (key, managed, strict, from) => {
    for (const source of ['local', 'project', 'user']) {
      const machine = explained({ file: { [key]: managed }, [source]: { [key]: strict } })
      const heard = from.includes(source)
      expect(inForce(machine, key), source).toBe(heard ? strict : managed)
      expect(sourcesOf(machine, key)).toEqual([heard ? source : 'file'])
      expect(inForce(explained({ file: { [key]: strict }, [source]: { [key]: managed } }), key)).toBe(strict)
    }
  })

  it('only tighten where a project may do no more', () => {
    const machine = explained({ project: { remoteControlAtStartup: true }, user: { remoteControlAtStartup: false } })
    expect(inForce(machine, 'remoteControlAtStartup')).toBe(false)
    expect(lossesOf(machine, 'remoteControlAtStartup')).toEqual({ project: 'repository-not-heard' })
    expect(inForce(explained({ project: { crossSessionInbound: 'accept' } }), 'crossSessionInbound')).toBe('none')
  })

  it('fill in variables that managed settings leave open: whoever they spoof', () => {
    const user = { env: { OTEL_LOG_USER_PROMPTS: '1', OTEL_LOGS_EXPORTER: 'none', OTEL_RESOURCE_ATTRIBUTES: 'a=b' } }
    const machine = explained({ file: { env: { OTEL_LOGS_EXPORTER: 'otlp' } }, user })
    expect(inForce(machine, 'env.OTEL_LOGS_EXPORTER')).toBe('otlp')
    expect(sourcesOf(machine, 'env.OTEL_LOG_USER_PROMPTS')).toEqual(['user'])
    expect(inForce(machine, 'env.OTEL_RESOURCE_ATTRIBUTES')).toBe('a=b')
  })

  it('lose endpoints and headers of signals to managed telemetry', () => {
    const user = {
      env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://x.example', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' },
    }
    const file = { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://m.example' } }
    expect(lossesOf(explained({ file, user }), 'env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')).toEqual({
      user: 'stripped-by-managed-telemetry',
    })
    expect(inForce(explained({ file, user }), 'env.OTEL_EXPORTER_OTLP_LOGS_PROTOCOL')).toBe('grpc')
    const headers = explained({ file: { env: { OTEL_EXPORTER_OTLP_HEADERS: 'a=b' } }, user })
    expect(inForce(headers, 'env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')).toBe('none')
    expect(keyOf(explained({ file, user }, '2.1.200'), 'env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT').unknown).toBe(
      'telemetry-strip-version',
    )
  })

  it('of a project may not be heard with telemetry, and no page says from when', () => {
    const machine = explained({ project: { env: { OTEL_LOGS_EXPORTER: 'otlp', OTHER: '1' } } })
    expect(keyOf(machine, 'env.OTEL_LOGS_EXPORTER').unknown).toBe('repository-telemetry')
    expect(inForce(machine, 'env.OTHER')).toBe('1')
  })

  it('join objects by name only where a page says so', () => {
    const machine = explained({
      file: { enabledPlugins: { 'a@x': false }, skillOverrides: { a: 'off' } },
      user: { enabledPlugins: { 'a@x': true, 'b@x': true }, skillOverrides: { b: 'off' } },
    })
    expect(inForce(machine, 'enabledPlugins["a@x"]')).toBe(false)
    expect(inForce(machine, 'enabledPlugins["b@x"]')).toBe(true)
    expect(keyOf(machine, 'skillOverrides.b').unknown).toBe('entries-not-stated')
    expect(inForce(explained({ user: { skillOverrides: { b: 'off' } } }), 'skillOverrides.b')).toBe('off')
  })

  it('may want no trailer on commits: how far that goes is not stated', () => {
    const machine = explained({ file: { attribution: { commit: 'x' } }, user: { attribution: { commit: '' } } })
    expect(keyOf(machine, 'attribution.commit').unknown).toBe('trailer-opt-out')
  })
})
