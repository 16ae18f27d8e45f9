import { looksUnfilled } from '../bundle/payload-variables.js'
import { foldSerial, serialProblem } from '../inventory/serial-number.js'
import type { EndpointField } from '../policy/telemetry.js'
import type { IdentityKey } from './identity-keys.js'
import type { Sender } from './tables.js'

/** What a value of an identity attribute is worth. Only `filled` and `hashed` name something. */
export type ValueStanding = 'filled' | 'hashed' | 'placeholder' | 'unfilled' | 'none'

/** A value that names something, as it is compared, and the attribute it stands in. */
export interface NamedValue {
  readonly key: string
  readonly value: string
}

/** What a sender says of itself; department and site identify nothing. */
export interface SenderIdentity {
  readonly serials: readonly NamedValue[]
  readonly hostnames: readonly NamedValue[]
  readonly logins: readonly NamedValue[]
  readonly emails: readonly NamedValue[]
  /** Hashes in place of a login or an address. */
  readonly hashedLogins: readonly NamedValue[]
  readonly hashedEmails: readonly NamedValue[]
  /** A hash in place of a serial number or host name: nothing that fleet builds makes one, so it cannot be read. */
  readonly hashedMachine: boolean
  /** A serial number or host name whose variable nobody filled in, or that is a placeholder. */
  readonly lostMachine: boolean
}

/** The attributes of the columns `email` and `owner`. */
export const emailAttribute = 'user.email'
export const ownerAttribute = 'process.owner'

const hashForm = /^sha256:[0-9a-f]{64}$/
/** No variable of any service is without one of these; most values are, and there are many of them. */
const mayHoldVariable = /[$%{]/
/** As the collector's configuration tells it, and variables of services that write %Name%. */
const variableForm = /^[{$]|^%[\w.]+%$/

/** Host names that machines have until somebody names them, whatever domain stands behind. */
const nobodysHostnames = new Set([
  ...['localhost', 'computer', 'desktop', 'laptop', 'pc', 'workstation', 'mac', 'windows', 'linux'],
  ...['ubuntu', 'debian', 'fedora', 'archlinux', 'kali', 'pop-os', 'raspberrypi'],
])
/**
 * A Mac that nobody named has the name of its model, with hyphens for blanks, and a number behind it where another has
 * that name already (https://support.apple.com/kb/PH10658, October 2026).
 */
const modelHostname =
  /^(?:macbook(?:[- ]?(?:air|pro))?|imac(?:[- ]?pro)?|mac[- ]?(?:mini|pro|studio))(?:[- ]?\(?[1-9]\d?\)?)?$/
/** Logins that systems and images make on every machine. */
const nobodysLogins = new Set(['admin', 'administrator', 'guest', 'nobody', 'root', 'system', 'ubuntu', 'user'])

/** Whether a value names something, and if not, why. */
export function standingOf(field: EndpointField, value: string): ValueStanding {
  const text = value.trim()
  if (text === '') return 'none'
  if (mayHoldVariable.test(text) && (variableForm.test(text) || looksUnfilled(text) !== undefined)) return 'unfilled'
  if (hashForm.test(text)) return 'hashed'
  const isPlaceholder =
    (field === 'serial' && serialProblem(foldSerial(text)) !== undefined) ||
    (field === 'hostname' && isNobodysHostname(foldHostname(text))) ||
    (field === 'user' && nobodysLogins.has(foldLogin(text)))
  return isPlaceholder ? 'placeholder' : 'filled'
}

function isNobodysHostname(folded: string): boolean {
  const name = folded.split('.', 1)[0]!
  return nobodysHostnames.has(name) || modelHostname.test(name)
}

/** A host name as it is compared. */
export function foldHostname(text: string): string {
  return text.normalize('NFC').trim().toLowerCase().replace(/\.$/, '')
}

/** A login as it is compared: Windows writes the domain before it, `ACME\ada`. */
export function foldLogin(text: string): string {
  const folded = text.normalize('NFC').trim().toLowerCase()
  return folded.slice(folded.lastIndexOf('\\') + 1)
}

/** An e-mail address as it is compared: without case and blanks. */
export function foldEmail(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, '').toLowerCase()
}

const folds = { serial: foldSerial, hostname: foldHostname, user: foldLogin, email: foldEmail } as const

/** What a sender says of itself, in the order of the keys; the columns for address and login come first. */
export function identityOf(sender: Sender, keys: readonly IdentityKey[]): SenderIdentity {
  const found = { serial: [], hostname: [], user: [], email: [] } as Record<keyof typeof folds, NamedValue[]>
  const hashed = { user: [], email: [] } as Record<'user' | 'email', NamedValue[]>
  let hashedMachine = false
  let lostMachine = false
  const add = (field: EndpointField, key: string, text: string) => {
    if (field === 'department' || field === 'site') return
    const isMachine = field === 'serial' || field === 'hostname'
    switch (standingOf(field, text)) {
      case 'filled': {
        const value = folds[field](text)
        if (!found[field].some((other) => other.value === value)) found[field].push({ key, value })
        break
      }
      case 'hashed':
        if (isMachine) hashedMachine = true
        else hashed[field].push({ key, value: text.trim() })
        break
      case 'unfilled':
      case 'placeholder':
        lostMachine ||= isMachine
    }
  }
  add('email', emailAttribute, sender.email)
  add('user', ownerAttribute, sender.owner)
  for (const [index, { key, field }] of keys.entries()) add(field, key, sender.identity[index] ?? '')
  return {
    serials: found.serial,
    hostnames: found.hostname,
    logins: found.user,
    emails: found.email,
    hashedLogins: hashed.user,
    hashedEmails: hashed.email,
    hashedMachine,
    lostMachine,
  }
}
