import type { Collector } from '../../policy/delivery.js'
import type { ConfigValue } from './config-text.js'
import { missingAttributesKey } from './required-attributes.js'
import { ottlText, type Signal } from './signals.js'

/** Events that tell about policy, hooks, plugins, permissions and sign-in; `hook_` stands for all that begin so. */
const securityEvents = [
  'hook_',
  'auth',
  'managed_settings_resolved',
  'mcp_server_connection',
  'permission_mode_changed',
  'plugin_installed',
  'plugin_loaded',
  'tool_decision',
] as const

/** A file of the archive: its name, and what is in it. */
export interface ArchiveFile {
  readonly name: string
  readonly about: string
}

const files = {
  security: { name: 'security.jsonl', about: 'events about policy, hooks, plugins, permissions and sign-in' },
  events: { name: 'events.jsonl', about: 'all other events' },
  metrics: { name: 'metrics.jsonl', about: 'metrics' },
  traces: { name: 'traces.jsonl', about: 'traces' },
  missing_attributes: {
    name: 'missing-attributes.jsonl',
    about: 'a second copy of every record that lacks a required attribute',
  },
} as const satisfies Record<string, ArchiveFile>

/** The files that `fleet evidence` reads. */
export function archiveFiles(signals: readonly Signal[]): readonly ArchiveFile[] {
  const hasTraces = signals.some(({ name }) => name === 'traces')
  return [files.security, files.events, files.metrics, ...(hasTraces ? [files.traces] : []), files.missing_attributes]
}

/** How long rotated files stay, and how many of them: 100 MB each. */
export const archiveRotation = { max_megabytes: 100, max_backups: 100 } as const

/** Connectors that send each record to where it belongs; records without required attributes go to their file as well. */
export function connectors(signals: readonly Signal[]): ConfigValue {
  const pattern = `^(claude_code[.])?(${securityEvents.map((name) => (name.endsWith('_') ? `${name}.*` : name)).join('|')})$`
  return {
    'routing/events': {
      error_mode: 'ignore',
      default_pipelines: ['logs/events'],
      table: [
        {
          context: 'log',
          condition: `IsMatch(attributes["event.name"], ${ottlText(pattern)})`,
          pipelines: ['logs/security'],
        },
      ],
    },
    ...Object.fromEntries(
      signals.map(({ name, record }) => [
        `routing/missing_${name}`,
        {
          error_mode: 'ignore',
          table: [
            {
              context: record,
              condition: `attributes[${ottlText(missingAttributesKey)}] != nil`,
              pipelines: [`${name}/missing_attributes`],
            },
          ],
        },
      ]),
    ),
  }
}

/** One file exporter for each file of the archive. */
export function fileExporters(collector: Collector, signals: readonly Signal[]): Record<string, ConfigValue> {
  const days = collector.clickhouse?.retentionDays ?? 90
  return Object.fromEntries(
    archiveFiles(signals).map(({ name }) => [
      `file/${name.replace(/\.jsonl$/, '').replaceAll('-', '_')}`,
      { path: `${collector.archive}/${name}`, format: 'json', rotation: { ...archiveRotation, max_days: days } },
    ]),
  )
}

/** The pipelines: in, out by kind, and the copy of what lacks attributes. */
export function pipelines(
  signals: readonly Signal[],
  processors: { readonly [signal in Signal['name']]: readonly string[] },
  hasClickhouse: boolean,
): ConfigValue {
  const stores = (file: string) => [`file/${file}`, ...(hasClickhouse ? ['clickhouse'] : [])]
  const entries = signals.flatMap(({ name }): [string, ConfigValue][] => {
    const missing = `routing/missing_${name}`
    const first = { receivers: ['otlp'], processors: [...processors[name]] }
    const copy: [string, ConfigValue] = [
      `${name}/missing_attributes`,
      { receivers: [missing], exporters: ['file/missing_attributes'] },
    ]
    if (name !== 'logs') return [[`${name}/in`, { ...first, exporters: [...stores(name), missing] }], copy]
    return [
      ['logs/in', { ...first, exporters: ['routing/events', missing] }],
      ['logs/security', { receivers: ['routing/events'], exporters: stores('security') }],
      ['logs/events', { receivers: ['routing/events'], exporters: stores('events') }],
      copy,
    ]
  })
  return Object.fromEntries(entries)
}
