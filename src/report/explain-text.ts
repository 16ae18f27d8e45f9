import { safeText } from '../platform/safe-text.js'
import type { FoundEndpoint } from '../readiness/read-scan.js'
import type { EndpointEntry } from '../readiness/scan-document.js'
import { nextAction } from '../readiness/verdict.js'
import { paintState } from './paint.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, textTable } from './text-table.js'
import { meaningOf, reasonText } from './words.js'

type Receipt = NonNullable<EndpointEntry['desktop']['receipt']>
type Gate = FoundEndpoint['head']['gates'][number]

/** `fleet.explanation/v1`: the endpoint with the gates that judged it. */
export function explainJson({ head, endpoint }: FoundEndpoint): string {
  const { asOf, policy, gates } = head
  const judged = new Set(endpoint.gates.map(({ id }) => id))
  return `${JSON.stringify({ schema: 'fleet.explanation/v1', asOf, policy, endpoint, gates: gates.filter(({ id }) => judged.has(id)) }, null, 2)}\n`
}

/** The chain of receipts of one endpoint: facts, gates, verdict, and what would change it. */
export function explainText(found: FoundEndpoint, look: TerminalLook): string {
  const { head, endpoint } = found
  const { paint } = look
  const name = endpoint.hostname ? `${safeText(endpoint.hostname)}  ` : ''
  const state = paintState(paint, endpoint.state, endpoint.state)
  const next = nextAction[endpoint.state]
  const sections = [
    `${paint.strong(name)}${paint.faint(safeText(endpoint.id))}\n${paint.strong('Verdict')}  ${state}${next === 'none' ? '' : `, next: ${next}`}  ${paint.faint(`as of ${head.asOf}, policy ${head.policy.digest.slice(0, 19)}`)}`,
    reasonsSection(endpoint, look),
    factsSection(endpoint, look),
    installsSection(endpoint, look),
    gatesSection(found, look),
    recordsSection(endpoint, look),
    attributesSection(endpoint, look),
    changesSection(found, look),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function reasonsSection(endpoint: EndpointEntry, { width, paint }: TerminalLook): string {
  if (endpoint.reasons.length === 0) return `${paint.strong('Why')}\n  everything required passes`
  const rows = endpoint.reasons.map((reason) => [
    reasonText({ code: reason.code, detail: reason.gate ?? reason.detail }),
    reason.product ?? '',
    reason.receipt ? receiptText(reason.receipt) : '',
  ])
  const table = textTable([{ head: 'why' }, { head: 'product' }, { head: 'receipt', flexible: true }], rows, width, paint)
  return `${paint.strong('Why')}\n${table}`
}

function receiptText({ file, record, field, value }: Receipt): string {
  return `${file}, record ${record}, ${field}: ${value === '' ? '(empty)' : value}`
}

function factsSection(endpoint: EndpointEntry, { width, paint }: TerminalLook): string {
  const facts: [string, string | undefined][] = [
    ['serial', endpoint.serial],
    ['hostname', endpoint.hostname],
    ['platform', endpoint.platform],
    ['osVersion', endpoint.osVersion],
    ['user', endpoint.user],
    ['email', endpoint.email],
    ['department', endpoint.department],
    ['site', endpoint.site],
    ['groups', endpoint.groups?.join(', ')],
    ['lastSeen', endpoint.lastSeen],
  ]
  const rows = facts.map(([name, value]): (string | TextCell)[] => {
    const origin = endpoint.origins[name]
    const record = origin === undefined ? undefined : endpoint.records[origin]
    return [
      name === 'lastSeen' ? 'last check-in' : name,
      value ?? { text: 'not known', paint: paint.doubtful },
      record ? `${record.file}, record ${record.record}` : '',
    ]
  })
  return `${paint.strong('Facts')}\n${textTable([{ head: 'fact' }, { head: 'value' }, { head: 'from', flexible: true }], rows, width, paint)}`
}

function installsSection(endpoint: EndpointEntry, { width, paint }: TerminalLook): string {
  const rows = (['desktop', 'code'] as const).flatMap((key): (string | TextCell)[][] => {
    const entry = endpoint[key]
    const name = key === 'desktop' ? 'claude-desktop' : 'claude-code'
    if (entry.status === 'unknown') {
      const { why } = meaningOf(entry.reason ?? '')
      return [[name, { text: 'unknown', paint: paint.doubtful }, why, entry.receipt ? receiptText(entry.receipt) : '']]
    }
    const taken = entry.asOf ? `list of ${entry.asOf}` : 'the list has no date'
    if (entry.status === 'absent') return [[name, 'absent', taken, entry.receipt ? receiptText(entry.receipt) : '']]
    const copies = entry.copies ?? []
    const decides = [name, entry.version || '(no version)', `decides; ${taken}`, entry.receipt ? receiptText(entry.receipt) : '']
    const others = copies.map((copy) => {
      const told = [...copy.notes, copy.startable ? '' : 'cannot be started', copy.path ?? ''].filter((part) => part !== '')
      return ['', copy.version || '(no version)', told.join(', '), receiptText(copy.receipt)]
    })
    return [decides, ...others]
  })
  const table = textTable(
    [{ head: 'product' }, { head: 'version' }, { head: '' }, { head: 'receipt', flexible: true }],
    rows,
    width,
    paint,
  )
  return `${paint.strong('Installed')}\n${table}`
}

function gatesSection({ head, endpoint }: FoundEndpoint, { width, paint }: TerminalLook): string {
  const known = new Map(head.gates.map((gate): [string, Gate] => [gate.id, gate]))
  const rows = endpoint.gates.flatMap((verdict): (string | TextCell)[][] => {
    const gate = known.get(verdict.id)
    if (!gate || verdict.result === 'not-applicable') return []
    const colour = verdict.result === 'pass' ? paint.good : verdict.result === 'fail' ? paint.bad : paint.doubtful
    return [
      [
        { text: verdict.result, paint: colour },
        gate.level === 'required' ? { text: gate.id, paint: paint.strong } : gate.id,
        gate.requires.join(' or '),
        `${gate.level}; ${gate.source}, read ${gate.checked}`,
      ],
    ]
  })
  if (rows.length === 0) return ''
  rows.sort((a, b) => order(String(a[3])) - order(String(b[3])))
  const table = textTable(
    [{ head: 'result' }, { head: 'gate' }, { head: 'requires' }, { head: 'level, source and date', flexible: true }],
    rows,
    width,
    paint,
  )
  return `${paint.strong('Gates')}\n${table}`
}

function order(level: string): number {
  return level.startsWith('required') ? 0 : 1
}

function recordsSection(endpoint: EndpointEntry, { width, paint }: TerminalLook): string {
  const rows = endpoint.records.map((record) => [
    record.product,
    record.deviceId ?? record.serial ?? '',
    record.lastSeen ?? '',
    record.apps === 'none' ? '' : `${record.apps} app list`,
    `${record.file}, record ${record.record}`,
  ])
  const table = textTable(
    [{ head: 'product' }, { head: 'id' }, { head: 'last check-in' }, { head: 'apps' }, { head: 'record', flexible: true }],
    rows,
    width,
    paint,
  )
  return `${paint.strong('Joined from')}\n${table}`
}

function attributesSection(endpoint: EndpointEntry, { width, paint }: TerminalLook): string {
  const rows = Object.entries(endpoint.extensionAttributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return ''
  return `${paint.strong('Extension attributes')}\n${textTable([{ head: 'name' }, { head: 'value', flexible: true }], rows, width, paint)}`
}

function changesSection({ head, endpoint }: FoundEndpoint, { width, paint }: TerminalLook): string {
  const changes = endpoint.reasons.map((reason) => {
    if (reason.upgradeTo) return `${reason.product} ${reason.upgradeTo} or later would pass ${reason.gate}.`
    if (reason.code === 'check-in-too-old')
      return `A check-in within ${head.policy.staleAfterDays} days before the scan would end "stale".`
    if (reason.code === 'excluded-by-policy') return 'Removing the exclusion from the policy would count it again.'
    return `${meaningOf(reason.code).todo}.`
  })
  if (endpoint.state === 'ready') {
    const gates = head.gates.filter((gate) => gate.level === 'required').map((gate) => `${gate.id} (${gate.requires.join(' or ')})`)
    changes.push(
      `A check-in older than ${head.policy.staleAfterDays} days, or a version outside ${gates.join(', ') || 'the required gates'}.`,
    )
  }
  const table = textTable([{ head: '', flexible: true }], [...new Set(changes)].map((change) => [change]), width, paint)
  return `${paint.strong('What would change it')}\n${table.split('\n').slice(1).join('\n')}`
}
