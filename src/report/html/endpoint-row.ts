import { safeText } from '../../platform/safe-text.js'
import { noName } from '../../readiness/coverage.js'
import type { EndpointEntry } from '../../readiness/scan-document.js'
import type { State } from '../../readiness/verdict.js'
import { platformName, productName } from '../plain-names.js'
import { meaningOf, reasonText } from '../words.js'

type Receipt = NonNullable<EndpointEntry['desktop']['receipt']>

/** The place of a value in the exports: a file by its name, until the number of the file is known. */
interface ReceiptPlace {
  readonly file: string
  /** `record 12, version` or `record 12, version: 1.2.0`. */
  readonly text: string
}

/** One line below an endpoint: why it is in its state, or a fact that was found. */
export interface EndpointNote {
  readonly label: string
  readonly text: string
  readonly receipt?: ReceiptPlace | undefined
  /** What to do about it. */
  readonly next?: string | undefined
}

/** An endpoint as the report lists it. Users and their addresses are left out on purpose: the report is mailed. */
export interface EndpointRow {
  readonly name: string
  /** The serial number, and the id where it is another; empty where the name is both. */
  readonly identity: string
  readonly platform: string
  readonly department: string
  readonly state: State
  readonly desktop: string
  readonly code: string
  /** The day of the last check-in; `none` without one. */
  readonly lastSeen: string
  readonly notes: readonly EndpointNote[]
}

/** A text is cut after so many characters: what is longer is no name or version, and the scan has the whole. */
const longest = 160

/** What the report tells of an endpoint, with the receipts of its state, versions and last check-in. */
export function endpointRow(endpoint: EndpointEntry): EndpointRow {
  const { id, hostname, serial, platform, department, state, desktop, code, lastSeen } = endpoint
  const name = cut(hostname || serial || id)
  return {
    name,
    identity: identityOf(name, endpoint),
    platform: platformName(platform),
    department: cut(department ?? noName),
    state,
    desktop: versionText(desktop),
    code: versionText(code),
    lastSeen: lastSeen?.slice(0, 10) ?? 'none',
    notes: [
      ...whyNotes(endpoint),
      ...installNotes('Claude Desktop', desktop),
      ...installNotes('Claude Code', code),
      ...checkInNotes(endpoint),
      ...(id === serial ? [] : [{ label: 'id for fleet explain', text: cut(id) }]),
    ],
  }
}

/** What tells it from others: two may share a serial number, and `fleet explain` is then asked by the id alone. */
function identityOf(name: string, { id, serial }: EndpointEntry): string {
  const number = cut(serial ?? '')
  const own = cut(id)
  return [
    ...(number !== '' && number !== name ? [number] : []),
    ...(own !== number && own !== name ? [number === '' ? own : `id ${own}`] : []),
  ].join(', ')
}

function whyNotes({ reasons }: EndpointEntry): EndpointNote[] {
  if (reasons.length === 0) return [{ label: 'why', text: 'everything required passes' }]
  return reasons.map(({ code, gate, stage, detail, upgradeTo, product, receipt }) => {
    const apart = code === 'stage-not-proven' ? [stage, detail].filter(Boolean).join(', ') : (gate ?? detail)
    const { todo } = meaningOf(code)
    // The line of a probe tells more than a report should: its place is enough to find it.
    const isProbe = stage !== undefined || code.startsWith('probe-')
    return {
      label: 'why',
      text: cut(reasonText({ code, detail: apart })),
      receipt: receipt && placeOf(receipt, isProbe ? receipt.value : ''),
      next:
        upgradeTo !== undefined
          ? cut(`upgrade ${productName(product ?? 'Claude')} to ${upgradeTo} or newer`)
          : todo === 'nothing'
            ? undefined
            : todo,
    }
  })
}

function installNotes(label: string, entry: EndpointEntry['desktop']): EndpointNote[] {
  if (entry.receipt === undefined) return []
  return [{ label, text: versionText(entry), receipt: placeOf(entry.receipt, entry.version ?? '') }]
}

function checkInNotes({ lastSeen, origins, records }: EndpointEntry): EndpointNote[] {
  const origin = Object.hasOwn(origins, 'lastSeen') ? origins.lastSeen : undefined
  const record = origin === undefined ? undefined : records[origin]
  if (lastSeen === undefined || record === undefined) return []
  return [{ label: 'last check-in', text: lastSeen, receipt: { file: record.file, text: `record ${record.record}` } }]
}

/** The value is told where it is not what stands beside the receipt anyway. */
function placeOf({ file, record, field, value }: Receipt, told: string): ReceiptPlace {
  const shown = value === told ? '' : `: ${value === '' ? '(empty)' : cut(value)}`
  return { file, text: `record ${record}, ${cut(field)}${shown}` }
}

function versionText({ status, version }: EndpointEntry['desktop']): string {
  return status === 'installed' ? cut(version || '(none given)') : status
}

function cut(text: string): string {
  const safe = safeText(text)
  if (safe.length <= longest) return safe
  // A pair of surrogates is one character, and stays whole.
  return `${safe.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
