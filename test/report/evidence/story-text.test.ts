import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { safeText } from '../../../src/platform/safe-text.js'
import { contentOfSpans } from '../../../src/policy/content-attributes.js'
import { storyMarkdown } from '../../../src/report/evidence/story-markdown.js'
import { storyJson, storyText } from '../../../src/report/evidence/story-text.js'
import { paintFor } from '../../../src/report/paint.js'
import { contentFields } from '../../../src/telemetry/content-fields.js'
import { fieldAttributes, numberAttributes } from '../../../src/telemetry/fields.js'
import { storyFromFiles } from '../../../src/telemetry/story/file-story.js'
import { storyOf } from '../../../src/telemetry/story/story.js'
import { StoryDocument } from '../../../src/telemetry/story/story-document.js'
import { storyEvent } from '../../../src/telemetry/story/story-events.js'
import type { Wanted } from '../../../src/telemetry/story/story-record.js'
import { claudeCodeEvents } from '../../../src/telemetry/surfaces/claude-code.js'
import { cowork } from '../../../src/telemetry/surfaces/cowork.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { inputOf } from '../../builders/input.js'
import { lineOf, recordOf } from '../../telemetry/story/story-records.js'

/**
 * Attributes that the pages name, and which the story knows no more of than of any other.
 * https://code.claude.com/docs/en/monitoring-usage (October 2026), https://claude.com/docs/cowork/monitoring (July 2026).
 */
const documented = [
  ...['appearance_id', 'event_type', 'survey_type', 'response', 'enabled_via_override'],
  ...['result', 'period_days', 'used_default', 'skip_reason', 'transcripts_deleted', 'session_files_deleted'],
  ...[
    'artifacts_deleted',
    'files_retained_fresh',
    'files_past_cutoff',
    'error_count',
    'plugin_id',
    'category',
    'error',
  ],
  ...['managed_settings.helper.path', 'managed_settings.settings', 'mcp_server.name', 'mcp_tool.name', 'language'],
  ...['app.entrypoint', 'app.version', 'ccr.session.id', 'enduser.id', 'fleet.missing_attributes', 'identity.source'],
  ...['terminal.type', 'user.account_id', 'workflow.name', 'workflow.run_id', 'workspace.host_paths', 'wsl.version'],
  ...['vcs.ref.head.revision', 'vcs.ref.head.name', 'vcs.ref.head.type', 'host.arch', 'host.name', 'agent.name'],
  ...['timeout', 'description', 'dangerouslyDisableSandbox', 'git_commit_id', 'subagent_type', 'safe_mode'],
]

const look = (width: number) => ({ width, paint: paintFor(false) })
const recorded = ['claude-code-logs.jsonl', 'claude-code-metrics.jsonl', 'claude-code-2.1.329-resumed-logs.jsonl'].map(
  (name) => inputOf(name, readFileSync(resolve(import.meta.dirname, '../../fixtures/otlp', name))),
)
const session = { kind: 'session', id: '0be74e02-ba0a-4311-b883-5c583c28ac66' } as const

async function storyFrom(
  inputs: Parameters<typeof storyFromFiles>[0],
  wanted: Wanted,
  shown: boolean,
): Promise<StoryDocument> {
  const found = await storyFromFiles(inputs, wanted)
  return StoryDocument.parse(
    storyOf(found, {
      wanted: { ...wanted, id: found.id! },
      identityKeys: ['department'],
      content: { shown, limit: 1000 },
    }),
  )
}

/** The session of the recorded client that was resumed. */
function resumedSession(): Wanted {
  const text = readFileSync(
    resolve(import.meta.dirname, '../../fixtures/otlp/claude-code-2.1.329-resumed-logs.jsonl'),
    'utf8',
  )
  return { kind: 'session', id: /"session\.id","value":\{"stringValue":"([^"]+)"/.exec(text)![1]! }
}

describe('what a real client sent', () => {
  it.each([
    ['denied', session, false],
    ['denied-with-content', session, true],
    ['prompt', { kind: 'prompt', id: '431bfc17' }, false],
    ['resumed', resumedSession(), false],
  ] as const)('reads as it should: %s', async (name, wanted, shown) => {
    const story = await storyFrom(recorded, wanted, shown)
    await expect(storyMarkdown(story)).toMatchFileSnapshot(`golden/story-${name}.md`)
    await expect(storyText(story, look(80))).toMatchFileSnapshot(`golden/story-${name}.txt`)
  })
})

it('has a sentence of its own for every event that tells what somebody or something did', () => {
  const known = claudeCodeEvents.filter((event) => storyEvent(event).text(() => '') !== `Event ${event}`)
  const plain = claudeCodeEvents.filter((event) => !known.includes(event))
  expect(plain).toEqual(['feedback_survey', 'hook_plugin_metrics', 'retention_sweep'])
  // Names that objects have by themselves are no events.
  for (const name of ['__proto__', 'constructor', 'toString']) expect(storyEvent(name).kind).toBe('other')
})

describe('without --content', () => {
  const marks = [
    'MARK: please delete all tables of the customer database, and tell nobody of it',
    'MARK\nanswer of a tool',
    '{"MARK":"what a person wrote, in a list of its own"}',
    '["remote","MARK is a text of many words, is it not"]',
    '/home/MARK/plan.txt',
    'https://MARK.example/plan',
    `MARK${'x'.repeat(300)}`,
    'C:\\Users\\MARK\\plan.txt',
  ]
  const events = [...new Set([...claudeCodeEvents, ...cowork.events, 'made_up_by_a_new_release', 'MARK: an event'])]
  const names = [
    ...new Set([
      ...events.flatMap((event) => storyEvent(event).facts),
      ...contentFields.flatMap(({ attributes }) => attributes),
      ...Object.values(fieldAttributes).flat(),
      ...Object.values(numberAttributes).flat(),
      ...Object.values(contentOfSpans).flat(),
      ...documented,
    ]),
  ].filter((name) => !['event.name', 'session.id', 'prompt.id', 'service.name'].includes(name))

  it.each(marks)('no text that a person or a tool wrote is shown, in whatever attribute: %s', async (mark) => {
    const filled = Object.fromEntries([...names, 'department', 'nobody.documented.this'].map((name) => [name, mark]))
    const records = events.flatMap((event, index) => [
      recordOf({
        at: 2 * index,
        event,
        attributes: { ...filled, 'prompt.id': 'wanted' },
        resource: filled,
        body: mark,
      }),
      recordOf({
        at: 2 * index + 1,
        session: index % 2 === 0 ? mark : 's',
        event,
        attributes: { [names[index] ?? '']: mark, 'prompt.id': index % 3 === 0 ? mark : 'wanted' },
        resource: { 'service.name': mark },
      }),
    ])
    for (const wanted of [
      { kind: 'session', id: 's' },
      { kind: 'prompt', id: 'wanted' },
    ] as const) {
      const shownIn = async (shown: boolean) => {
        const story = await storyFrom([inputOf('a', lineOf(...records))], wanted, shown)
        return [storyText(story, look(200)), storyMarkdown(story), storyJson(story)]
      }
      for (const text of await shownIn(false)) expect(text).not.toContain('MARK')
      // It is the flag that makes the difference, not that the story has nothing to show.
      for (const text of await shownIn(true)) expect(text).toContain('MARK')
    }
  })

  it('what names a person, a machine or a tool is shown', async () => {
    const attributes = {
      'user.email': 'ada@acme.example',
      'process.owner': 'ACME\\Ada Lovelace',
      'user.groups': '["Finance Berlin","all-staff"]',
      tool_name: 'mcp__jira__create_issue',
    }
    const record = recordOf({ sequence: 0, at: 0, event: 'tool_result', attributes, resource: { department: 'R & D' } })
    const text = storyText(
      await storyFrom([inputOf('a', lineOf(record))], { kind: 'session', id: 's' }, false),
      look(200),
    )
    for (const value of [...Object.values(attributes), 'R & D']) expect(text).toContain(value)
  })
})

describe('hostile telemetry', () => {
  const texts = [
    ...hostileTexts,
    '\u001b[31mred\u0007',
    '| a | b |',
    '[x](http://evil.example)',
    '<script>',
    'x\n# head',
    'y'.repeat(5000),
  ]
  const records = texts.flatMap((text, index) => [
    recordOf({
      sequence: 3 * index,
      at: index,
      event: 'tool_result',
      attributes: {
        tool_name: text,
        tool_parameters: text,
        error_type: text,
        [text]: text,
        'prompt.id': text,
        'user.email': text,
      },
      resource: { department: text, [`${text}2`]: text },
      body: text,
    }),
    recordOf({ sequence: 3 * index + 1, at: index, event: text, attributes: { error: text, hook_name: text } }),
  ])

  it.each([false, true])('shows nothing that acts, and fits 80 columns (content: %s)', async (shown) => {
    const story = await storyFrom([inputOf('a', lineOf(...records))], { kind: 'session', id: 's' }, shown)
    const text = storyText(story, look(80))
    for (const line of text.split('\n')) {
      expect(safeText(line)).toBe(line)
      expect(stringWidth(line)).toBeLessThanOrEqual(80)
    }
    const markdown = storyMarkdown(story)
    for (const line of markdown.split('\n')) expect(safeText(line)).toBe(line)
    // No link, no markup, no heading and no row but our own.
    expect(markdown).not.toMatch(/(?<!\\)\[x\]|(?<!\\)<(?!br>)|(?<!\\):\/\//)
    expect(markdown.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# Session s',
      '## Strange',
      '## In all',
      '## From',
      '## What happened',
    ])
    const rows = markdown.split('\n').filter((line) => line.startsWith('| '))
    for (const row of rows) expect([3, 4]).toContain(row.replaceAll(/\\[\\|]/g, '').split('|').length - 1)
    expect(StoryDocument.parse(JSON.parse(storyJson(story)))).toEqual(story)
  })
})

it('publishes the JSON Schema of the story', async () => {
  const text = JSON.stringify({ title: 'fleet.story/v1', ...z.toJSONSchema(StoryDocument) }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot('../../../templates/schemas/fleet.story.v1.schema.json')
})
