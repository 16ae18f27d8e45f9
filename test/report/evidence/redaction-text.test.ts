import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { Policy } from '../../../src/policy/policy.js'
import { redactionText } from '../../../src/report/evidence/redaction-text.js'
import { paintFor } from '../../../src/report/paint.js'
import { judgeCanary } from '../../../src/telemetry/canary/judge-canary.js'
import { canaryOf } from '../../../src/telemetry/canary/read-canary.js'
import { writeCanary } from '../../../src/telemetry/canary/write-canary.js'
import { redactionSection } from '../../../src/telemetry/sections/redaction.js'
import type { ContentRow } from '../../../src/telemetry/tables.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { evidenceViewOf, exampleOf, senderOf } from '../../builders/section-view.js'

const look = (width: number) => ({ width, paint: paintFor(false) })
const sections = { telemetry: { endpoint: 'https://otel.acme.example:4318' }, collector: {} }
const hash = `sha256:${'a'.repeat(64)}`

const row = (changes: Partial<ContentRow>): ContentRow => ({
  service: 'claude-code',
  version: '2.1.329',
  signal: 'log',
  event: 'user_prompt',
  field: 'prompt',
  present: 3,
  redacted: 0,
  presentInCopies: 0,
  example: exampleOf(),
  ...changes,
})

function leaking() {
  let count = 0
  const random = (bytes: number) => String(++count).padStart(bytes * 2, '0')
  const policy = Policy.parse(sections)
  const canary = canaryOf(JSON.stringify(writeCanary(policy, random, 0)))!
  const found = canary.tokens.filter(({ field }) => field === 'prompt' || field === 'user.email')
  const result = judgeCanary(
    canary,
    {
      arrived: new Set(canary.records.slice(1).map(({ carrier }) => carrier)),
      found: new Map(found.map(({ token }) => [token, new Set(['plain', 'base64'] as const)])),
      unsearched: ['stdin'],
    },
    policy,
  )
  const before = evidenceViewOf({
    tables: {
      senders: [senderOf({ email: 'a@acme.example' })],
      content: [row({ present: 40 }), row({ field: 'user.email', present: 100 })],
    },
  })
  const view = evidenceViewOf({
    policy: sections,
    tables: {
      senders: [
        senderOf({ email: 'a@acme.example', installation: hash, lastPoint: 1 }),
        senderOf({ email: hash, installation: hash }),
      ],
      content: [
        row({ presentInCopies: 2 }),
        row({ field: 'user.email', present: 100, redacted: 100, presentInCopies: 1 }),
        row({ field: 'user.id', present: 0, redacted: 200, example: undefined }),
        row({ field: 'tool_input', event: 'tool_result', present: 0, redacted: 7, example: undefined }),
      ],
    },
  })
  const counts = { ...view.counts, beforeWindow: 12, foreign: { nginx: 3 } }
  const unread = ['2 lines of logs.jsonl could not be read']
  return redactionText(redactionSection({ ...view, counts }, { before, canary: result, unread }), look(80))
}

describe('the redaction on a terminal', () => {
  it('tells a leak of content, of identity and of a canary', async () => {
    await expect(`${leaking()}\n`).toMatchFileSnapshot('golden/redaction.txt')
  })

  it('never says clean without a policy, and says clean where it is', () => {
    const senders = [senderOf({ installation: hash })]
    expect(redactionText(redactionSection(evidenceViewOf({ tables: { senders } })), look(80))).toContain('not judged')
    expect(
      redactionText(redactionSection(evidenceViewOf({ policy: sections, tables: { senders } })), look(80)),
    ).toContain('clean: nothing above the policy was found')
    const withoutCollector = { telemetry: sections.telemetry }
    const view = evidenceViewOf({ policy: withoutCollector, tables: { senders } })
    expect(redactionText(redactionSection(view), look(200))).toContain('says whether identity has to be hashed')
    const partly = redactionSection(evidenceViewOf({ policy: sections, tables: { senders } }), { unread: ['a line'] })
    expect(redactionText(partly, look(80))).toMatch(/not judged: .*\n.*\n.*looked at.*\n {2}Not looked at: a line/)
  })

  it.each([80, 200])('fits %i columns whatever telemetry says, and shows nothing that acts', (width) => {
    for (const text of [...hostileTexts, '\u001b[31m', 'x'.repeat(3000)]) {
      const view = evidenceViewOf({
        policy: sections,
        tables: {
          senders: [senderOf({ email: text, service: text, version: text })],
          content: [
            row({ service: text, version: text, event: text, example: exampleOf({ session: text, prompt: text }) }),
          ],
        },
      })
      const section = redactionSection(view, { unread: Array(9).fill(text) })
      for (const line of redactionText(section, look(width)).split('\n')) {
        expect(safeText(line)).toBe(line)
        expect(stringWidth(line)).toBeLessThanOrEqual(width)
      }
    }
  })
})
