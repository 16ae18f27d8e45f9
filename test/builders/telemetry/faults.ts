import { gzipSync } from 'node:zlib'
import type { Random } from '../../../templates/samples/random.js'
import { zstdFrame } from './zstd-frame.js'

/** Lines of telemetry by the name of their file. */
export type Lines = Readonly<Record<string, readonly string[]>>

/** A line that is no telemetry of a known surface, and what it must be counted as. */
export interface Noise {
  readonly line: string | Uint8Array
  /** Log records of another service on it. */
  readonly foreign?: readonly [service: string, records: number]
  /** Data points and spans of another service on it. */
  readonly foreignOther?: number
  /** Why the whole line cannot be read. */
  readonly bad?: boolean
  readonly empty?: boolean
}

const text = (value: string) => ({ stringValue: value })

/** What other senders and broken disks leave in an archive. */
export const noises: readonly Noise[] = [
  { line: '', empty: true },
  { line: '{"resourceLogs":[]}', empty: true },
  { line: 'not json at all', bad: true },
  { line: '[1,2,3]', bad: true },
  { line: '{"some":"other document"}', bad: true },
  { line: Buffer.from('{"resourceLogs":[{"note":"caf\xe9"}]}', 'latin1'), bad: true },
  { line: Buffer.from('{"resourceLogs":[]}', 'utf16le'), bad: true },
  { line: foreignLogs('payments', 3), foreign: ['payments', 3] },
  { line: foreignLogs(undefined, 1), foreign: ['', 1] },
  // The app's own events: no surface that is judged.
  { line: foreignLogs('claude-desktop', 2), foreign: ['claude-desktop', 2] },
  {
    line: JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: text('payments') }] },
          scopeMetrics: [
            {
              metrics: [
                { name: 'a', gauge: { dataPoints: [{ timeUnixNano: '1795195312000000000', asDouble: 1 }] } },
                { name: 'b', sum: { dataPoints: [{ timeUnixNano: '1795195312000000000', asInt: '7' }] } },
              ],
            },
          ],
        },
      ],
    }),
    foreignOther: 2,
  },
]

function foreignLogs(service: string | undefined, records: number): string {
  const attributes = service === undefined ? [] : [{ key: 'service.name', value: text(service) }]
  const logRecords = Array.from({ length: records }, (_, index) => ({
    timeUnixNano: `179519531200000000${index}`,
    body: text('paid'),
    attributes: [{ key: 'session.id', value: text('another') }],
  }))
  return JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] })
}

export interface Disturbed {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly noises: readonly Noise[]
  /** Lines that stand a second time. */
  readonly repeated: readonly string[]
  /** Lines that were cut off; the whole line stands as well. */
  readonly torn: number
}

/** The same telemetry after a year in the field: torn, sent twice, between other things, rotated and packed. */
export function disturb(lines: Lines, random: Random): Disturbed {
  const files: Record<string, Uint8Array> = {}
  const repeated: string[] = []
  const added: Noise[] = []
  let torn = 0
  for (const [name, own] of Object.entries(lines)) {
    const all: (string | Uint8Array)[] = []
    for (const line of own) {
      all.push(line)
      if (random.integer(0, 4) === 0) {
        all.splice(random.integer(0, all.length), 0, line)
        repeated.push(line)
      }
      if (random.integer(0, 5) === 0) {
        all.push(line.slice(0, random.integer(2, line.length - 1)))
        torn++
      }
    }
    for (const noise of noises) {
      all.splice(random.integer(1, all.length), 0, noise.line)
      added.push(noise)
    }
    Object.assign(files, packed(name, all, new Set(own), random))
  }
  return { files, noises: added, repeated, torn }
}

/**
 * Rotated into up to three files, of which older ones are packed. Each begins with a whole line: a file of nothing but
 * noise is refused, and one that begins in UTF-16 is taken for UTF-16.
 */
function packed(
  name: string,
  lines: readonly (string | Uint8Array)[],
  whole: ReadonlySet<string | Uint8Array>,
  random: Random,
): Record<string, Uint8Array> {
  const stem = name.replace(/\.jsonl$/, '')
  const places = lines.flatMap((line, index) => (whole.has(line) ? [index] : []))
  const cuts = [random.pick(places), random.pick(places)].sort((a, b) => a - b)
  const parts = [lines.slice(0, cuts[0]), lines.slice(cuts[0], cuts[1]), lines.slice(cuts[1])]
  // The last line of the file that is being written may lack its line end.
  const bytes = (part: readonly (string | Uint8Array)[], end: string) =>
    Buffer.concat(
      part.flatMap((line, index) => [Buffer.from(line), Buffer.from(index === part.length - 1 ? end : lineEnd)]),
    )
  const lineEnd = random.pick(['\n', '\r\n'])
  return Object.fromEntries(
    [
      [`${stem}-2026-11-02T03-04-05.678.jsonl.gz`, gzipSync(bytes(parts[0]!, '\n'))] as const,
      [`${stem}-2026-11-12T03-04-05.678.jsonl.zst`, zstdFrame(bytes(parts[1]!, '\n'))] as const,
      [`${stem}.jsonl`, bytes(parts[2]!, parts[2]?.at(-1) === '' ? '\n' : '')] as const,
    ].filter((_, index) => parts[index]!.length > 0),
  )
}
