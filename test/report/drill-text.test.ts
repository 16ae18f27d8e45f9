import { describe, expect, it } from 'vitest'
import { drillJson, drillText } from '../../src/report/drill-text.js'
import { paintFor } from '../../src/report/paint.js'
import { DrillDocument, drillExit } from '../../src/selftest/drill/drill-document.js'

const proven: DrillDocument = {
  schema: 'fleet.drill/v1',
  asOf: '2026-11-20T08:00:00Z',
  platform: 'linux',
  client: { path: '/usr/local/bin/claude', version: '2.1.329' },
  sessionId: '6f1f4c4e-7d1a-4b69-9f0e-0e6a2f1d7c11',
  permissionMode: 'default',
  ended: 'done',
  seconds: 0.9,
  checks: [
    {
      id: 'settings-present',
      stage: 'installed',
      state: 'proven',
      seen: 'managed settings stand in /etc/claude-code/managed-settings.json',
    },
    {
      id: 'session-started',
      stage: 'loaded',
      state: 'proven',
      seen: 'session 6f1f4c4e-7d1a-4b69-9f0e-0e6a2f1d7c11 began, permission mode default',
    },
    {
      id: 'server-settings',
      stage: 'loaded',
      state: 'not-applicable',
      seen: 'nobody here has settings from the server',
    },
    {
      id: 'hook-invoked',
      stage: 'invoked',
      state: 'proven',
      seen: 'the hook recorded PreToolUse for Bash at 2026-11-20T08:00:01Z',
    },
    { id: 'call-outcome', stage: 'evaluated', state: 'proven', seen: 'the call ran, as the policy says' },
    {
      id: 'telemetry-sent',
      stage: 'recorded',
      state: 'proven',
      seen: '14 events and 4 metrics in 2 requests reached the address that managed settings name',
    },
  ],
  telemetry: {
    where: 'pinned-loopback',
    endpoints: ['http://127.0.0.1:4318'],
    requests: 2,
    events: { api_request: 2, hook_registered: 1 },
    metrics: ['claude_code.session.count'],
  },
  cleanedUp: true,
}

const sentAway: DrillDocument = {
  ...proven,
  checks: proven.checks.map((check) =>
    check.id === 'telemetry-sent'
      ? { ...check, state: 'unknown', seen: 'sent to the collector, which must tell' }
      : check,
  ),
  telemetry: {
    where: 'collector',
    endpoints: ['https://otel.acme.example:4318'],
    requests: 0,
    events: {},
    metrics: [],
  },
}

const failed: DrillDocument = {
  ...sentAway,
  ended: 'timed-out',
  client: { ...proven.client, version: null },
  checks: [
    {
      id: 'hook-invoked',
      stage: 'invoked',
      state: 'contradicted',
      seen: 'the call was answered, and no hook was started\u001b[2J',
    },
  ],
  cleanedUp: false,
}

/** As on Windows, where orphans cannot be found. */
const notKnown: DrillDocument = { ...proven, platform: 'windows', cleanedUp: null }

describe('the text of a drill', () => {
  it.each([
    ['proven', proven],
    ['sent-away', sentAway],
    ['failed', failed],
    ['not-known-what-is-left', notKnown],
  ])('%s', async (name, document) => {
    const text = drillText(DrillDocument.parse(document), { width: 100, paint: paintFor(false) })
    await expect(text).toMatchFileSnapshot(`golden/drill/${name}.txt`)
    expect(text).not.toContain('\u001b')
  })

  it('names the session to look for where the telemetry went to a collector, and only there', () => {
    const look = { width: 60, paint: paintFor(false) }
    expect(drillText(sentAway, look)).toContain(`fleet evidence session ${sentAway.sessionId} FOLDER\n`)
    expect(drillText(proven, look)).not.toContain('session.id')
  })

  it('claims no clean-up that is not known, and does not take that for a fault of the policy', () => {
    const text = drillText(notKnown, { width: 200, paint: paintFor(false) })
    expect(text).toContain('whether a program that the client started still runs is not known')
    expect([drillExit(notKnown), drillExit({ ...proven, cleanedUp: false })]).toEqual([0, 3])
  })

  it('is a document as JSON', () => {
    expect(JSON.parse(drillJson(failed))).toEqual(failed)
  })
})
