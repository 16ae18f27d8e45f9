import { resolve } from 'node:path'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { baselinesText } from '../../../src/report/evidence/baselines-text.js'
import { hooksText } from '../../../src/report/evidence/hooks-text.js'
import { permissionModesText } from '../../../src/report/evidence/permission-modes-text.js'
import { toolsText } from '../../../src/report/evidence/tools-text.js'
import { paintFor } from '../../../src/report/paint.js'
import type { TerminalLook } from '../../../src/report/terminal-look.js'
import { baselinesSection } from '../../../src/telemetry/sections/baselines.js'
import { hooksSection } from '../../../src/telemetry/sections/hooks.js'
import { permissionModesSection } from '../../../src/telemetry/sections/permission-modes.js'
import { toolsSection } from '../../../src/telemetry/sections/tools.js'
import type { RunWeek } from '../../../src/telemetry/tables.js'
import type { EvidenceView } from '../../../src/telemetry/view.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import {
  connectionRowOf,
  decisionRowOf,
  evidenceViewOf,
  exampleOf,
  hookRowOf,
  hookRunRowOf,
  knownEndpointOf,
  modeRowOf,
  pluginRowOf,
  senderOf,
  skillRowOf,
  toolRowOf,
  viewAsOf,
  viewSince,
  workingDaysOf,
} from '../../builders/section-view.js'

const texts: Readonly<Record<string, (view: EvidenceView, look: TerminalLook) => string>> = {
  hooks: (view, look) => hooksText(hooksSection(view), look),
  tools: (view, look) => toolsText(toolsSection(view), look),
  'permission-modes': (view, look) => permissionModesText(permissionModesSection(view), look),
  baselines: (view, look) => baselinesText(baselinesSection(view), look),
}
const names = Object.keys(texts)
const look = (width: number) => ({ width, paint: paintFor(false) })

const weeks = Array.from({ length: 9 }, (_, index) =>
  new Date(viewSince + index * 7 * 86_400_000).toISOString().slice(0, 10),
)

const days = ['claude-code', 'cowork'].flatMap((service) => workingDaysOf(viewSince, viewAsOf, { service }))

const policy = {
  hooks: { required: [{ event: 'PreToolUse', command: '/usr/local/bin/guard' }] },
  permissions: { managedOnly: true },
  mcp: { allowed: [{ name: 'github' }, { url: 'https://mcp.acme.example/*' }], denied: [{ name: 'scraper' }] },
  plugins: {
    marketplaces: [{ name: 'acme', source: { github: 'acme/plugins' } }],
    approved: [{ plugin: 'guard@acme', version: '2.1.0' }],
  },
  evidence: { approved: [{ tools: ['Bash', 'Read'] }, { department: 'Engineering', skills: ['release-notes'] }] },
}

/** A company where something of everything is wrong. */
function trouble(): EvidenceView {
  return evidenceViewOf({
    policy,
    endpoints: [
      knownEndpointOf({ id: 'C02AA1' }),
      knownEndpointOf({ id: 'C02AA2', department: 'Engineering' }),
      knownEndpointOf({ id: 'C02AA3', department: 'Engineering' }),
    ],
    tables: {
      days,
      senders: [
        senderOf({ identity: ['C02AA1'] }),
        senderOf({ identity: ['C02AA2'] }),
        senderOf({ identity: ['C02AA3'] }),
        senderOf({ installation: '47d97d7d59331ed1d6188f394b8e0015453c752caf36ed148cc9297f158bb42e' }),
        senderOf({ identity: ['C02AA3'], service: 'cowork', osType: 'darwin' }),
      ],
      hooks: [hookRowOf(), hookRowOf({ sender: 2 }), hookRowOf({ sender: 1, hookSource: 'userSettings', events: 3 })],
      hookRuns: [
        hookRunRowOf({ executions: 120, hooks: 120, success: 117, blocking: 3 }),
        hookRunRowOf({
          ...{ sender: 2, executions: 40, hooks: 40, success: 30, nonBlockingError: 2, cancelled: 8 },
          failure: exampleOf({ session: '0be74e02-ba0a-4311-b883-5c583c28ac66' }),
        }),
      ],
      tools: [
        toolRowOf({ calls: 1200, failures: 40 }),
        toolRowOf({ sender: 1, calls: 900, failures: 500 }),
        toolRowOf({ sender: 1, tool: 'WebFetch', calls: 30 }),
        toolRowOf({ sender: 3, tool: 'mcp__scraper__fetch', calls: 12, failures: 12 }),
        toolRowOf({ sender: 4, tool: 'mcp_tool', calls: 7 }),
      ],
      connections: [connectionRowOf({ sender: 1 }), connectionRowOf({ sender: 3, server: 'scraper' })],
      skills: [skillRowOf({ sender: 1 }), skillRowOf({ sender: 1, skill: 'custom_skill' })],
      plugins: [pluginRowOf(), pluginRowOf({ sender: 1, version: '1.9.0' })],
      decisions: [
        decisionRowOf({ events: 1100, matched: 1000, waitMs: 400_000, longestMs: 90_000 }),
        decisionRowOf({ source: 'user_permanent', events: 25, matched: 25, waitMs: 30_000, longestMs: 2000 }),
        decisionRowOf({ source: 'hook', decision: 'reject', events: 3, matched: 0, waitMs: 0, longestMs: 0 }),
        decisionRowOf({ sender: 4, source: 'oracle', events: 7, matched: 0, waitMs: 0, longestMs: 0 }),
      ],
      modes: [
        modeRowOf({ sender: 1, to: 'bypassPermissions', events: 4 }),
        modeRowOf({ sender: 3, from: 'bypassPermissions', to: 'default', trigger: '' }),
      ],
      toolWeeks: weeks.flatMap((week, index) => [
        { service: 'claude-code', tool: 'Bash', week, calls: 1000, failures: index === 8 ? 240 : 18 + index },
        { service: 'claude-code', tool: 'Read', week, calls: 700, failures: 2 + (index % 3) },
        { service: 'cowork', tool: 'mcp_tool', week, calls: 1, failures: 0 },
      ]),
      runWeeks: weeks.flatMap((week, index) => [
        { service: 'claude-code', week, runs: 300 + index, failed: 6 },
        { service: 'cowork', week, runs: index === 8 ? 3 : 200 + index, failed: 0 },
      ]),
    },
  })
}

/** Names as hostile as telemetry can make them, and more of them than a terminal shows. */
function hostile(): EvidenceView {
  const words = ['\u001b[31mred\u0007', '\u202eend', 'a\nb', '=1+1', '| x |', 'w'.repeat(500), ...hostileTexts]
  return evidenceViewOf({
    policy,
    endpoints: words.map((id, index) => knownEndpointOf({ id: `${id}${index}`, serial: `${index}`, department: id })),
    tables: {
      days,
      senders: words.map((word, index) =>
        senderOf({ identity: [index % 2 === 0 ? `${index}` : ''], installation: word, groups: word }),
      ),
      hooks: words.map((hookEvent, sender) =>
        hookRowOf({ sender, hookEvent, hookType: hookEvent, hookSource: hookEvent }),
      ),
      hookRuns: words.map((hookEvent, sender) =>
        hookRunRowOf({
          sender,
          hookEvent,
          cancelled: 3,
          managedOnly: 'false',
          failure: exampleOf({ session: hookEvent }),
        }),
      ),
      tools: words.map((tool, sender) =>
        toolRowOf({ sender, tool, mcpServer: tool, skill: tool, failures: 3, example: exampleOf({ prompt: tool }) }),
      ),
      connections: words.map((server, sender) => connectionRowOf({ sender, server, status: server })),
      plugins: words.map((plugin, sender) => pluginRowOf({ sender, plugin, marketplace: plugin, version: plugin })),
      decisions: words.map((word, sender) => decisionRowOf({ sender, tool: word, source: word, decision: word })),
      modes: words.map((trigger, sender) => modeRowOf({ sender, trigger, to: 'bypassPermissions' })),
      toolWeeks: words.flatMap((tool) =>
        weeks.map((week, index) => ({
          ...{ service: 'claude-code', tool, week, calls: 1_000_000, failures: index === 8 ? 900_000 : 100 + index },
        })),
      ),
    },
  })
}

const views = { trouble: trouble(), hostile: hostile() }

describe.each(names)('%s', (name) => {
  it('shows what is wrong as people read it', async () => {
    const text = texts[name]!(views.trouble, look(100))
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(import.meta.dirname, `golden/${name}.txt`))
  })

  it.each([60, 80, 100, 200])('fits %i columns and acts on no terminal', (width) => {
    for (const view of Object.values(views)) {
      const text = texts[name]!(view, look(width))
      expect(text).not.toBe('')
      for (const line of text.split('\n')) {
        expect(stringWidth(line), line).toBeLessThanOrEqual(width)
        expect(line).toBe(line.trimEnd())
      }
      expect(text).toBe(text.split('\n').map(safeText).join('\n'))
    }
  })

  it('says of a long list how much more there is', () => {
    expect(texts[name]!(views.hostile, look(100))).toMatch(/and [\d,]+ more \(--json has them\)/)
  })

  it('is nothing where there is nothing to show', () => {
    expect(texts[name]!(evidenceViewOf(), look(80))).toBe('')
  })
})

it('says why no week was judged', () => {
  const runs = weeks.slice(0, 8).map((week) => ({ service: 'claude-code', week, runs: 100, failed: 0 }))
  const text = (since: number, lastWeek: readonly RunWeek[] = [], end = viewAsOf) => {
    const tables = { days: workingDaysOf(viewSince, end), runWeeks: [...runs, ...lastWeek] }
    return baselinesText(baselinesSection(evidenceViewOf({ since, tables })), look(100))
  }
  expect(text(viewSince)).toContain('Not judged: no surface sent anything in it')
  expect(text(Date.parse('2026-11-12T00:00:00Z'))).toContain('Not judged: the window does not hold all of it')
  const monday = [{ service: 'claude-code', week: weeks[8]!, runs: 1, failed: 0 }]
  expect(text(viewSince, monday, Date.parse('2026-11-10T00:00:00Z'))).toContain('Not judged: records do not cover all')
})
