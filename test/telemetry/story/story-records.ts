import type { StoryRecord } from '../../../src/telemetry/story/story-record.js'
import { storyValue } from '../../../src/telemetry/story/story-value.js'

export const start = Date.parse('2026-11-20T08:00:00Z')

/** What is particular to one record. */
export interface Given {
  readonly at?: number
  readonly sequence?: number
  readonly event?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly resource?: Readonly<Record<string, string>>
  readonly body?: string
  readonly session?: string
}

/** A log record of Claude Code; `at` is in milliseconds after the start. */
export function recordOf({
  at,
  sequence,
  event = 'user_prompt',
  attributes,
  resource,
  body,
  session = 's',
}: Given): StoryRecord {
  const values = {
    'session.id': session,
    'event.name': event,
    ...(sequence !== undefined && { 'event.sequence': String(sequence) }),
    ...attributes,
  }
  const described = { 'service.name': 'claude-code', 'service.version': '2.1.300', ...resource }
  return {
    time: at === undefined ? Number.NaN : start + at,
    observed: Number.NaN,
    eventName: '',
    attributes: mapOf(values),
    resource: mapOf(described),
    body: body === undefined ? undefined : storyValue(body),
  }
}

function mapOf(values: Readonly<Record<string, string>>) {
  return new Map(Object.entries(values).map(([name, value]) => [name, storyValue(value)]))
}

/** The same record as one line of OTLP, as the Collector's file exporter writes it. */
export function lineOf(...records: readonly StoryRecord[]): string {
  const list = (values: StoryRecord['attributes']) =>
    [...values].map(([key, { text }]) => ({ key, value: { stringValue: text } }))
  const resourceLogs = records.map(({ time, attributes, resource, body }) => ({
    resource: { attributes: list(resource) },
    scopeLogs: [
      {
        logRecords: [
          {
            ...(!Number.isNaN(time) && { timeUnixNano: `${time}000000` }),
            ...(body !== undefined && { body: { stringValue: body.text } }),
            attributes: list(attributes),
          },
        ],
      },
    ],
  }))
  return `${JSON.stringify({ resourceLogs })}\n`
}
