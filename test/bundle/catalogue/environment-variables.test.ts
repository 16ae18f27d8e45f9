import { describe, expect, it } from 'vitest'
import {
  contentSwitches,
  environmentVariables,
  inTelemetryBlock,
  switchState,
  variableNamed,
} from '../../../src/bundle/catalogue/environment-variables.js'
import { privacyTiers } from '../../../src/policy/telemetry.js'

describe('the catalogue of environment variables', () => {
  it('names each once, with a source and a day', () => {
    const names = environmentVariables.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, source, checked } of environmentVariables) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/)
      expect(source).toMatch(/^https:\/\//)
      expect(checked).toMatch(/^2026-\d\d-\d\d$/)
    }
  })

  it('has a default among the values', () => {
    for (const { name, default: text, values, pattern } of environmentVariables) {
      if (text === undefined) continue
      expect(values?.includes(text) ?? pattern?.test(text), name).toBe(true)
    }
  })

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', { kind: 'protocol', values: ['grpc', 'http/json', 'http/protobuf'] }],
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', { kind: 'endpoint', signal: 'logs', telemetryBlock: true }],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', { kind: 'headers', signal: 'traces' }],
    ['OTEL_LOG_ASSISTANT_RESPONSES', { kind: 'content-switch', follows: 'OTEL_LOG_USER_PROMPTS', since: '2.1.193' }],
    ['ENABLE_BETA_TRACING_DETAILED', { kind: 'content-switch', telemetryBlock: true }],
    ['ENABLE_ENHANCED_TELEMETRY_BETA', { name: 'CLAUDE_CODE_ENHANCED_TELEMETRY_BETA' }],
    ['OTEL_METRICS_INCLUDE_REPOSITORY', { grade: 'third-party', since: '2.1.269' }],
    ['OTEL_LOG_MANAGED_SETTINGS', { kind: 'switch', grade: 'newer-official', since: '2.1.274' }],
  ])('says of %s what was read', (name, facts) => {
    expect(variableNamed(name)).toMatchObject(facts)
  })

  it('does not know what is spelt otherwise', () => {
    expect(variableNamed('otel_logs_exporter')).toBeUndefined()
    expect(variableNamed('OTEL_EXPORTER_OTLP_PROTOCOLS')).toBeUndefined()
  })

  it.each([
    ['Authorization=Bearer a b', true],
    ['Authorization=Basic dXNlcg==,x-team=fin', true],
    ['Authorization: Bearer abc', false],
    ['=x', false],
    ['a=1,', false],
  ])('a list of headers is read as the client did: %s is one: %s', (text, isOne) => {
    expect(variableNamed('OTEL_EXPORTER_OTLP_HEADERS')?.pattern?.test(text)).toBe(isOne)
  })
})

describe('the telemetry block', () => {
  it.each([
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
    'OTEL_LOG_TOOL_DETAILS',
    'OTEL_LOGS_EXPORTER',
    'BETA_TRACING_ENDPOINT',
  ])('holds %s', (name) => {
    expect(inTelemetryBlock(name)).toBe(true)
  })

  it.each([
    'OTEL_METRICS_EXPORTER',
    'OTEL_LOGS_EXPORT_INTERVAL',
    'OTEL_RESOURCE_ATTRIBUTES',
    'CLAUDE_CODE_ENABLE_TELEMETRY',
  ])('does not hold %s', (name) => {
    expect(inTelemetryBlock(name)).toBe(false)
    expect(variableNamed(name)).not.toHaveProperty('telemetryBlock')
  })
})

describe('contentSwitches', () => {
  it('sets every switch at every tier, and each tier allows what the one before it did', () => {
    const all = Object.keys(contentSwitches('metadata')).sort()
    let before: readonly string[] = []
    for (const tier of privacyTiers) {
      const switches = contentSwitches(tier)
      expect(Object.keys(switches).sort()).toEqual(all)
      const on = Object.keys(switches).filter((name) => switches[name] === '1')
      expect(on).toEqual(expect.arrayContaining([...before]))
      before = on
    }
  })

  it('is this', () => {
    expect(Object.fromEntries(privacyTiers.map((tier) => [tier, contentSwitches(tier)]))).toMatchInlineSnapshot(`
      {
        "content": {
          "ENABLE_BETA_TRACING_DETAILED": "0",
          "OTEL_LOG_ASSISTANT_RESPONSES": "1",
          "OTEL_LOG_RAW_API_BODIES": "0",
          "OTEL_LOG_TOOL_CONTENT": "1",
          "OTEL_LOG_TOOL_DETAILS": "1",
          "OTEL_LOG_USER_PROMPTS": "1",
        },
        "metadata": {
          "ENABLE_BETA_TRACING_DETAILED": "0",
          "OTEL_LOG_ASSISTANT_RESPONSES": "0",
          "OTEL_LOG_RAW_API_BODIES": "0",
          "OTEL_LOG_TOOL_CONTENT": "0",
          "OTEL_LOG_TOOL_DETAILS": "0",
          "OTEL_LOG_USER_PROMPTS": "0",
        },
        "raw": {
          "ENABLE_BETA_TRACING_DETAILED": "0",
          "OTEL_LOG_ASSISTANT_RESPONSES": "1",
          "OTEL_LOG_RAW_API_BODIES": "1",
          "OTEL_LOG_TOOL_CONTENT": "1",
          "OTEL_LOG_TOOL_DETAILS": "1",
          "OTEL_LOG_USER_PROMPTS": "1",
        },
        "tool-details": {
          "ENABLE_BETA_TRACING_DETAILED": "0",
          "OTEL_LOG_ASSISTANT_RESPONSES": "0",
          "OTEL_LOG_RAW_API_BODIES": "0",
          "OTEL_LOG_TOOL_CONTENT": "0",
          "OTEL_LOG_TOOL_DETAILS": "1",
          "OTEL_LOG_USER_PROMPTS": "0",
        },
      }
    `)
  })
})

it.each([
  ['1', 'on'],
  [1, 'on'],
  ['true', 'on'],
  [true, 'on'],
  ['0', 'off'],
  [0, 'off'],
  ['', 'off'],
  [false, 'off'],
  ['yes', 'unknown'],
  ['TRUE', 'unknown'],
  ['2', 'unknown'],
])('a switch at %j is %s', (value, state) => {
  expect(switchState(value)).toBe(state)
})
