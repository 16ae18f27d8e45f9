import { describe, expect, it } from 'vitest'
import { explained, inForce, keyOf, lossesOf, sourcesOf } from './machine.js'

const env = (variables: object, more = {}) => ({ env: variables, ...more })

describe('env across managed sources', () => {
  it('comes variable by variable from the highest source that sets it', () => {
    const machine = explained({
      server: env({ HTTPS_PROXY: 'a' }),
      plist: env({ HTTPS_PROXY: 'b', CLAUDE_CODE_ENABLE_TELEMETRY: '1' }),
      file: env({ CLAUDE_CODE_ENABLE_TELEMETRY: '0', OTEL_METRICS_EXPORTER: 'otlp' }),
    })
    expect(inForce(machine, 'env.HTTPS_PROXY')).toBe('a')
    expect(inForce(machine, 'env.CLAUDE_CODE_ENABLE_TELEMETRY')).toBe('1')
    expect(inForce(machine, 'env.OTEL_METRICS_EXPORTER')).toBe('otlp')
    expect(lossesOf(machine, 'env.HTTPS_PROXY')).toEqual({ plist: 'higher-wins' })
  })

  it('came whole with the winner before 2.1.223', () => {
    const sources = { server: env({ A: '1' }), file: env({ B: '1' }) }
    expect(inForce(explained(sources, '2.1.222'), 'env.B')).toBe('none')
    expect(lossesOf(explained(sources, '2.1.222'), 'env.B')).toEqual({ file: 'env-whole' })
    expect(inForce(explained(sources, '2.1.223'), 'env.B')).toBe('1')
    expect(
      explained(sources)
        .notes.map(({ message }) => message)
        .join(' '),
    ).toContain('2.1.223')
  })

  it('never takes a variable from the hive of the user beside an admin source', () => {
    expect(inForce(explained({ file: { model: 'x' }, hkcu: env({ A: '1' }) }), 'env.A')).toBe('none')
    expect(inForce(explained({ hkcu: env({ A: '1' }) }), 'env.A')).toBe('1')
  })
})

describe('the telemetry block', () => {
  it.each([
    'OTEL_LOGS_EXPORTER',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_LOG_USER_PROMPTS',
    'ENABLE_BETA_TRACING_DETAILED',
    'BETA_TRACING_ENDPOINT',
  ])('moves as one with %s', (name) => {
    const machine = explained({
      server: env({ [name]: 'x' }),
      file: env({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_LOG_TOOL_DETAILS: '1', OTHER: '1' }),
    })
    expect(sourcesOf(machine, `env.${name}`)).toEqual(['server'])
    for (const variable of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_LOG_TOOL_DETAILS'])
      expect(lossesOf(machine, `env.${variable}`)).toEqual({ file: 'telemetry-block' })
    expect(inForce(machine, 'env.OTHER')).toBe('1')
  })

  it('comes from a source that does not win, if that is the highest to set any of it', () => {
    const machine = explained({
      server: { model: 'x' },
      plist: env({ OTEL_LOGS_EXPORTER: 'otlp' }),
      file: env({ OTEL_LOGS_EXPORTER: 'none' }),
    })
    expect(inForce(machine, 'env.OTEL_LOGS_EXPORTER')).toBe('otlp')
  })

  it('is claimed and not delivered by a source with the headers helper that does not win', () => {
    const plist = env(
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://p.example' },
      { otelHeadersHelper: '/usr/local/bin/headers' },
    )
    const file = env({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://f.example' })
    const skipped = explained({ server: { model: 'x' }, plist, file })
    expect(inForce(skipped, 'env.OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('none')
    expect(lossesOf(skipped, 'env.OTEL_EXPORTER_OTLP_ENDPOINT')).toEqual({
      plist: 'helper-claims-block',
      file: 'telemetry-block',
    })
    expect(inForce(explained({ plist, file }), 'env.OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('https://p.example')
  })

  it('leaves the resource attributes out, and says that this is not stated', () => {
    const machine = explained({
      server: env({ OTEL_LOGS_EXPORTER: 'otlp' }),
      file: env({ OTEL_RESOURCE_ATTRIBUTES: 'a=b' }),
    })
    expect(inForce(machine, 'env.OTEL_RESOURCE_ATTRIBUTES')).toBe('a=b')
    expect(keyOf(machine, 'env.OTEL_RESOURCE_ATTRIBUTES').notes.join()).toContain('not stated')
  })

  it('does not guess about routing beside a credential key of a source that does not win', () => {
    const file = env(
      { ANTHROPIC_BASE_URL: 'https://gateway.example', OTHER: '1' },
      { apiKeyHelper: '/usr/local/bin/key' },
    )
    const machine = explained({ server: { model: 'x' }, file })
    expect(keyOf(machine, 'env.ANTHROPIC_BASE_URL').unknown).toBe('routing-with-credentials')
    expect(inForce(machine, 'env.OTHER')).toBe('1')
    expect(inForce(explained({ file }), 'env.ANTHROPIC_BASE_URL')).toBe('https://gateway.example')
  })
})
