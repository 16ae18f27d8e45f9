import { describe, expect, it } from 'vitest'
import { contentSwitches } from '../../../src/bundle/catalogue/environment-variables.js'
import { rules } from '../../../src/bundle/lint/rules-content.js'
import { privacyTiers } from '../../../src/policy/telemetry.js'
import { errorsOf, hitsOf, settingsFile, withEnvironment } from '../../builders/settings-file.js'

const of = (id: string, changes: Record<string, unknown>, context = {}) =>
  hitsOf(rules, id, withEnvironment(changes), context)
const names = Object.keys(contentSwitches('metadata'))

describe('content-switch-open', () => {
  it.each(names)('finds that %s is open', (name) => {
    const [hit, ...more] = of('content-switch-open', { [name]: undefined })
    expect(more).toEqual([])
    expect(hit?.message).toContain(name)
  })

  it('is an error where the switch would break the stated tier', () => {
    const changes = { OTEL_LOG_USER_PROMPTS: undefined }
    expect(of('content-switch-open', changes, { privacy: 'metadata' })).toMatchObject([{ severity: 'error' }])
    expect(of('content-switch-open', changes, { privacy: 'content' })[0]?.severity).toBeUndefined()
  })

  it('lets switches be that are set, and files without telemetry', () => {
    expect(of('content-switch-open', {})).toEqual([])
    expect(hitsOf(rules, 'content-switch-open', settingsFile({ model: 'x' }))).toEqual([])
    expect(
      hitsOf(
        rules,
        'content-switch-open',
        withEnvironment({ OTEL_LOG_USER_PROMPTS: undefined }, {}, { channel: 'project' }),
      ),
    ).toEqual([])
  })
})

describe('settings that send neither events nor spans', () => {
  const none = { OTEL_LOGS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' }
  const open = { OTEL_LOG_USER_PROMPTS: undefined, ENABLE_BETA_TRACING_DETAILED: undefined }

  it('leave no way for content but detailed tracing', () => {
    const hits = of('content-switch-open', { ...none, ...open })
    expect(hits.map(({ message }) => message.split(' ')[0])).toEqual(['ENABLE_BETA_TRACING_DETAILED'])
    const answers = { OTEL_LOG_USER_PROMPTS: '1', OTEL_LOG_ASSISTANT_RESPONSES: undefined }
    expect(of('content-responses-follow', { ...none, ...answers })).toEqual([])
  })

  it.each(['OTEL_LOGS_EXPORTER', 'OTEL_TRACES_EXPORTER'])('are not those that leave %s to the user', (name) => {
    expect(of('content-switch-open', { ...none, ...open, [name]: undefined })).toHaveLength(2)
    expect(of('content-switch-open', { ...none, ...open, [name]: 'console,otlp' })).toHaveLength(2)
  })
})

describe('content-above-tier', () => {
  it.each(['1', 'true', 'yes', 1])('finds prompts switched on by %j', (value) => {
    const changes = { OTEL_LOG_USER_PROMPTS: value }
    expect(of('content-above-tier', changes, { privacy: 'tool-details' })).toHaveLength(1)
    expect(of('content-above-tier', changes, { privacy: 'content' })).toEqual([])
    expect(of('content-above-tier', changes)).toEqual([])
  })

  it('counts a folder for raw bodies as on', () => {
    expect(of('content-above-tier', { OTEL_LOG_RAW_API_BODIES: 'file:/tmp/x' }, { privacy: 'content' })).toHaveLength(1)
  })

  it.each(privacyTiers)('finds nothing in what the tier %s sets', (privacy) => {
    expect(errorsOf(rules, withEnvironment(contentSwitches(privacy)), { privacy })).toEqual([])
  })
})

describe('content-responses-follow', () => {
  it('finds answers that come with prompts', () => {
    const changes = { OTEL_LOG_USER_PROMPTS: '1', OTEL_LOG_ASSISTANT_RESPONSES: undefined }
    expect(of('content-responses-follow', changes)).toMatchObject([{ versions: '>=2.1.193' }])
    expect(of('content-responses-follow', { OTEL_LOG_USER_PROMPTS: '1' })).toEqual([])
    expect(of('content-responses-follow', { OTEL_LOG_ASSISTANT_RESPONSES: undefined })).toEqual([])
  })
})

describe('content-raw-bodies-file', () => {
  it('finds bodies on disk', () => {
    expect(of('content-raw-bodies-file', { OTEL_LOG_RAW_API_BODIES: 'file:/var/log/bodies' })).toHaveLength(1)
    expect(of('content-raw-bodies-file', { OTEL_LOG_RAW_API_BODIES: '1' })).toEqual([])
  })
})
