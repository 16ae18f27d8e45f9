import type { GhostsSection } from '../../telemetry/sections/ghosts.js'
import { cutText } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'

const mostRows = 10
/** Narrower, the examples would leave no room for what to do; they stand in --json. */
const roomForExamples = 100
const longestExample = 24

type Ghost = GhostsSection['machines']['rows'][number]

/** Telemetry of machines and accounts that the inventory does not have, and what could not be attributed. */
export function ghostsText(section: GhostsSection, look: TerminalLook): string {
  return [
    listText('Machines that no inventory knows', section.machines, look),
    listText('Accounts that no inventory knows', section.accounts, look),
    unattributedText(section, look),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function listText(title: string, { of, rows }: GhostsSection['machines'], look: TerminalLook): string {
  if (of === 0) return ''
  const { width, paint } = look
  const shown = rows.slice(0, mostRows)
  const accounts = shown.map(accountsOf)
  const hasAccounts = accounts.some((text) => text !== '')
  const columns = [
    { head: 'name', flexible: true },
    { head: 'named by', whole: true },
    { head: 'events', align: 'right' as const },
    { head: 'last record', whole: true },
    { head: 'surface and version' },
    ...(hasAccounts ? [{ head: 'accounts' }] : []),
  ]
  const cells = shown.map(({ key, value, events, last, surfaces, versions }, index) => [
    value === '' ? '(no name)' : value,
    key,
    countText(events),
    last.slice(0, 10),
    [...surfaces, versions.slice(0, 2).join(', ')].join(' '),
    ...(hasAccounts ? [accounts[index]!] : []),
  ])
  const more = of - shown.length
  return [
    `${paint.strong(title)}  ${paint.bad(countText(of))}`,
    textTable(columns, cells, width, paint),
    ...(more > 0 ? [textLines(`… and ${countText(more)} more, in --json`, width, 2, paint.faint)] : []),
  ].join('\n')
}

/** Who used a machine; an account is its own name already. */
function accountsOf({ value, accounts }: Ghost): string {
  return accounts
    .filter((account) => account.toLowerCase() !== value)
    .slice(0, 2)
    .join(', ')
}

const problemWords = {
  'no-identity': {
    why: 'nothing in it names an endpoint',
    todo: 'deploy endpoint attributes; a variable that was not filled in counts as none',
  },
  hashed: { why: 'only a hash of an address', todo: 'give the key of the hash: --identity-key env:FLEET_IDENTITY_KEY' },
  'several-endpoints': {
    why: 'what names it fits several endpoints',
    todo: 'deploy the serial number as an endpoint attribute',
  },
  disagreement: {
    why: 'two things in it name different endpoints',
    todo: 'look at the examples; a name may have moved to another machine',
  },
} as const

function unattributedText({ notAttributable }: GhostsSection, { width, paint }: TerminalLook): string {
  if (notAttributable.length === 0) return ''
  const hasRoom = width >= roomForExamples
  const rows = notAttributable.map(({ problem, events, senders, examples }) => [
    { text: problemWords[problem].why, paint: paint.doubtful },
    countText(events),
    countText(senders),
    ...(hasRoom ? [examplesText(examples)] : []),
    problemWords[problem].todo,
  ])
  const heads = [
    { head: 'why' },
    { head: 'events', align: 'right' as const },
    { head: 'clients', align: 'right' as const },
    ...(hasRoom ? [{ head: 'such as' }] : []),
    { head: 'what to do', flexible: true },
  ]
  return `${paint.strong('Not attributable')}\n${textTable(heads, rows, width, paint)}`
}

function examplesText(examples: readonly Ghost[]): string {
  return examples
    .slice(0, 2)
    .map(({ value }) => cutText(value, longestExample))
    .filter((value) => value !== '')
    .join(', ')
}
