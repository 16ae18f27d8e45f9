import { evaluateGate, type GateInstall } from '../gates/gate.js'
import { parseVersion } from '../gates/version.js'
import { stageNames } from '../health/facts.js'
import { safeJson, safeText } from '../platform/safe-text.js'
import type { FoundEndpoint } from '../readiness/read-scan.js'
import { type EndpointEntry, gateEntry } from '../readiness/scan-document.js'
import { type GateVerdict, nextAction } from '../readiness/verdict.js'
import { requirement } from './gates-table.js'
import { paintState } from './paint.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, type TextColumn, textTable } from './text-table.js'
import { meaningOf, reasonText } from './words.js'

type Receipt = NonNullable<EndpointEntry['desktop']['receipt']>
type Rows = readonly (readonly (string | TextCell)[])[]

/** `fleet.explanation/v1`: the endpoint with the answers of all gates. */
export function explainJson(found: FoundEndpoint): string {
  const { head, endpoint } = found
  const gates = answersOf(found).map(({ gate, outcome }) => ({ ...gateEntry({ gate, outcome }), gate }))
  const document = { schema: 'fleet.explanation/v1', asOf: head.asOf, policy: head.policy, endpoint, gates }
  return `${safeJson(document, 2)}\n`
}

/** The chain of receipts of one endpoint: verdict, facts, installs, gates, files, and what would change it. */
export function explainText(found: FoundEndpoint, look: TerminalLook): string {
  const { head, endpoint } = found
  const { paint } = look
  const files = [
    ...new Set([
      ...endpoint.records.map(({ file }) => file),
      ...receiptsOf(endpoint).map(({ file }) => file),
      ...(endpoint.telemetry && head.telemetry ? [head.telemetry.file] : []),
    ]),
  ]
  const answers = answersOf(found)
  const section = (title: string, columns: readonly TextColumn[], rows: Rows) =>
    rows.length === 0 ? '' : `${paint.strong(title)}\n${textTable(columns, rows, look.width, paint)}`
  const next = nextAction[endpoint.state]
  const sections = [
    [
      `${paint.strong(safeText(endpoint.hostname ?? endpoint.id))}  ${paint.faint(safeText(endpoint.id))}`,
      `Verdict: ${paintState(paint, endpoint.state, endpoint.state)}${next === 'none' ? '' : `, next: ${next}`}`,
      paint.faint(`as of ${head.asOf}, policy ${head.policy.digest.slice(0, 19)}`),
    ].join('\n'),
    endpoint.reasons.length === 0
      ? `${paint.strong('Why')}\n  everything required passes`
      : section('Why', [{ head: 'reason' }, { head: 'receipt', flexible: true }], reasonRows(endpoint, files)),
    section(
      'What would change it',
      [{ head: '', flexible: true }],
      changes(found).map((change) => [change]),
    ),
    section(
      'Facts',
      [{ head: 'fact' }, { head: 'value', flexible: true }, { head: 'from' }],
      factRows(endpoint, files, look),
    ),
    section(
      'Installed',
      [{ head: 'product' }, { head: 'version' }, { head: 'receipt' }, { head: 'told', flexible: true }],
      installRows(endpoint, files, look),
    ),
    section(
      'Delivery chain',
      [{ head: 'stage' }, { head: 'state', whole: true }, { head: 'seen', flexible: true }, { head: 'when' }],
      chainRows(endpoint, files, look),
    ),
    section(
      'Telemetry',
      [{ head: 'status', whole: true }, { head: 'why', flexible: true }, { head: 'last record' }, { head: 'receipt' }],
      telemetryRows(found, files, look),
    ),
    section(
      'Gates',
      [
        { head: 'result' },
        { head: 'gate', whole: true },
        { head: 'level' },
        { head: 'requires' },
        { head: 'source', flexible: true },
      ],
      gateRows(answers, look),
    ),
    section(
      'Sources of the gates',
      [{ head: '' }, { head: 'read' }, { head: 'address', flexible: true }],
      sourceRows(answers),
    ),
    section(
      'Joined from',
      [
        { head: 'record' },
        { head: 'product' },
        { head: 'id' },
        { head: 'last check-in' },
        { head: 'apps', flexible: true },
      ],
      endpoint.records.map((record) => [
        `${mark(files, record.file)} ${record.record}`,
        record.product,
        record.deviceId ?? record.serial ?? '',
        record.lastSeen ?? '',
        record.apps === 'none' ? '' : `${record.apps} list${record.appsAsOf ? `, ${record.appsAsOf}` : ''}`,
      ]),
    ),
    section(
      'Extension attributes',
      [{ head: 'name' }, { head: 'value', flexible: true }],
      Object.entries(endpoint.extensionAttributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    section(
      'Files',
      [{ head: '' }, { head: 'file', flexible: true }],
      files.map((file) => [mark(files, file), file]),
    ),
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

function receiptsOf(endpoint: EndpointEntry): Receipt[] {
  const installs = [endpoint.desktop, endpoint.code].flatMap(({ receipt, copies = [] }) => [
    receipt,
    ...copies.map((copy) => copy.receipt),
  ])
  return [...endpoint.reasons.map(({ receipt }) => receipt), ...installs, endpoint.probe?.receipt].filter(
    (receipt) => receipt !== undefined,
  )
}

/** Files are named once, at the end; everywhere else by their number. */
function mark(files: readonly string[], file: string): string {
  return `[${files.indexOf(file) + 1}]`
}

function placeText({ file, record, field }: Receipt, files: readonly string[]): string {
  return `${mark(files, file)} ${record}, ${field}`
}

function receiptText(receipt: Receipt, files: readonly string[]): string {
  return `${placeText(receipt, files)}: ${receipt.value === '' ? '(empty)' : receipt.value}`
}

function reasonRows(endpoint: EndpointEntry, files: readonly string[]): Rows {
  return endpoint.reasons.map((reason) => [
    `${reason.product ? `${reason.product}: ` : ''}${reasonText({ code: reason.code, detail: detailOf(reason) })}`,
    // The line of a probe is long, and stands once below the delivery chain.
    reason.receipt ? (reason.stage ? placeText(reason.receipt, files) : receiptText(reason.receipt, files)) : '',
  ])
}

function detailOf({ gate, stage, detail, code }: EndpointEntry['reasons'][number]): string | undefined {
  return code === 'stage-not-proven' ? [stage, detail].filter(Boolean).join(', ') : (gate ?? detail)
}

function factRows(endpoint: EndpointEntry, files: readonly string[], { paint }: TerminalLook): Rows {
  const facts: [string, string, string | undefined][] = [
    ['serial number', 'serial', endpoint.serial],
    ['host name', 'hostname', endpoint.hostname],
    ['platform', 'platform', endpoint.platform],
    ['OS version', 'osVersion', endpoint.osVersion],
    ['user', 'user', endpoint.user],
    ['e-mail', 'email', endpoint.email],
    ['department', 'department', endpoint.department],
    ['site', 'site', endpoint.site],
    ['groups', 'groups', endpoint.groups?.join(', ')],
    ['last check-in', 'lastSeen', endpoint.lastSeen],
  ]
  return facts.map(([name, attribute, value]) => {
    const origin = endpoint.origins[attribute]
    const record = origin === undefined ? undefined : endpoint.records[origin]
    return [
      name,
      value ?? { text: 'not known', paint: paint.doubtful },
      record ? `${mark(files, record.file)} ${record.record}` : '',
    ]
  })
}

function installRows(endpoint: EndpointEntry, files: readonly string[], { paint }: TerminalLook): Rows {
  return (['desktop', 'code'] as const).flatMap((key): (string | TextCell)[][] => {
    const entry = endpoint[key]
    const name = key === 'desktop' ? 'claude-desktop' : 'claude-code'
    const receipt = entry.receipt ? receiptText(entry.receipt, files) : ''
    if (entry.status === 'unknown')
      return [[name, { text: 'unknown', paint: paint.doubtful }, receipt, meaningOf(entry.reason ?? '').why]]
    const taken = entry.asOf ? `list of ${entry.asOf}` : 'the list has no date'
    if (entry.status === 'absent') return [[name, 'absent', receipt, taken]]
    const copies = entry.copies ?? []
    const decides = copies.length > 1 ? `the oldest that can be started decides; ${taken}` : taken
    return [
      [name, versionText(entry.version), receipt, decides],
      ...copies.map((copy) => {
        const told = [copy.path, ...copy.notes, copy.startable ? undefined : 'cannot be started'].filter(
          (part) => part !== undefined,
        )
        return [
          '',
          versionText(copy.version),
          copies.length > 1 ? receiptText(copy.receipt, files) : '',
          told.join(', '),
        ]
      }),
    ]
  })
}

/** The stages that the probe of the endpoint shows, in order; what is wrong stands under Why. */
function chainRows({ probe }: EndpointEntry, files: readonly string[], { paint }: TerminalLook): Rows {
  if (probe === undefined) return []
  const line = ['', '', probe.receipt.value, placeText(probe.receipt, files)]
  if (probe.problem !== undefined)
    return [['', { text: 'unknown', paint: paint.doubtful }, meaningOf(probe.problem).why, ''], line]
  const colours = {
    proven: paint.good,
    contradicted: paint.bad,
    unknown: paint.doubtful,
    'not-applicable': paint.faint,
  }
  const rows = stageNames.flatMap((name): (string | TextCell)[][] => {
    const stage = probe.stages?.[name]
    return stage === undefined
      ? []
      : [[name, { text: stage.state, paint: colours[stage.state] }, stage.seen, stage.at ?? '']]
  })
  return [...rows, line]
}

/** What the evidence says of the endpoint; the document has the whole of it. */
function telemetryRows({ head, endpoint }: FoundEndpoint, files: readonly string[], { paint }: TerminalLook): Rows {
  const { telemetry } = endpoint
  if (head.telemetry === undefined || telemetry === undefined) return []
  const colours = { proven: paint.good, silent: paint.bad, contradicted: paint.bad, unknown: paint.doubtful }
  const { status, detail, silentSince, last, record } = telemetry
  const why = [detail, silentSince && `silent since ${silentSince}`].filter(Boolean).join('; ')
  return [
    [{ text: status, paint: colours[status] }, why, last ?? 'none', `${mark(files, head.telemetry.file)} ${record}`],
  ]
}

function versionText(version: string | undefined): string {
  return version || '(none given)'
}

/** The gates that apply, required ones first. Their answers follow from the rules in the head of the document. */
function answersOf({ head, endpoint }: FoundEndpoint): GateVerdict[] {
  return head.gates
    .map((gate) => {
      const entry = gate.product === 'claude-desktop' ? endpoint.desktop : endpoint.code
      const outcome = evaluateGate(gate, { platform: endpoint.platform, install: installOf(entry) })
      const recorded = endpoint.gates.find(({ id }) => id === gate.id)
      return { gate, outcome: recorded ? { ...outcome, result: recorded.result } : outcome }
    })
    .filter(({ outcome }) => outcome.result !== 'not-applicable')
    .sort((a, b) => {
      if (a.gate.level !== b.gate.level) return a.gate.level === 'required' ? -1 : 1
      return a.gate.id < b.gate.id ? -1 : 1
    })
}

function installOf(entry: EndpointEntry['desktop']): GateInstall {
  if (entry.status === 'absent') return { status: 'absent' }
  if (entry.status === 'unknown') return { status: 'unknown', reason: entry.reason ?? 'no-app-list' }
  return { status: 'installed', version: parseVersion(entry.version ?? '') }
}

function sourceKeys(answers: readonly GateVerdict[]): string[] {
  return [...new Set(answers.map(({ gate }) => `${gate.checked} ${gate.source}`))]
}

function gateRows(answers: readonly GateVerdict[], { paint }: TerminalLook): Rows {
  const keys = sourceKeys(answers)
  return answers.map(({ gate, outcome }) => {
    const colour = outcome.result === 'pass' ? paint.good : outcome.result === 'fail' ? paint.bad : paint.doubtful
    return [
      { text: outcome.result, paint: colour },
      gate.level === 'required' ? { text: gate.id, paint: paint.strong } : gate.id,
      gate.level,
      requirement(gate),
      letter(keys.indexOf(`${gate.checked} ${gate.source}`)),
    ]
  })
}

function sourceRows(answers: readonly GateVerdict[]): Rows {
  return sourceKeys(answers).map((key, index) => {
    const [checked = '', source = ''] = key.split(' ')
    return [letter(index), checked, source]
  })
}

function letter(index: number): string {
  return `(${String.fromCharCode(97 + (index % 26))})`
}

function changes({ head, endpoint }: FoundEndpoint): string[] {
  const list = endpoint.reasons.map((reason) => {
    if (reason.upgradeTo) return `${reason.product} ${reason.upgradeTo} or later would pass ${reason.gate}.`
    if (reason.code === 'check-in-too-old')
      return `A check-in within ${head.policy.staleAfterDays} days before the scan would end "stale".`
    if (reason.code === 'excluded-by-policy') return 'Removing the exclusion from the policy would count it again.'
    const { todo } = meaningOf(reason.code)
    return `${todo.charAt(0).toUpperCase()}${todo.slice(1)}.`
  })
  if (endpoint.state === 'ready') {
    const required = head.gates
      .filter((gate) => gate.level === 'required')
      .map((gate) => `${gate.id} (${gate.requires.join(' or ')})`)
    list.push(
      `No check-in for more than ${head.policy.staleAfterDays} days, or a version outside ${required.join(', ') || 'the required gates'}.`,
    )
  }
  return [...new Set(list)]
}
