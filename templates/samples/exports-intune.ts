import { createHash } from 'node:crypto'
import { appsOf } from './apps.js'
import type { Machine } from './company.js'
import { Random } from './random.js'
import { csv, dateWithBlank, idOf, of, table } from './table.js'

const userIdOf = (machine: Machine) => new Random(`user ${machine.account}`).guid()

const apple = { manufacturer: 'Apple', model: 'Mac mini' }
const dell = { manufacturer: 'Dell Inc.', model: 'Latitude 7450' }
const hardware: Readonly<Record<Machine['osName'], { readonly manufacturer: string; readonly model: string }>> = {
  Windows: dell,
  Linux: dell,
  macOS: apple,
  iOS: { ...apple, model: 'iPhone 16' },
  iPadOS: { ...apple, model: 'iPad Air 13-inch' },
  Android: { manufacturer: 'Samsung', model: 'Galaxy Tab Active5' },
}

/** Intune writes seven digits behind the second, and the year 1 for "never". */
function intuneDate(machine: Machine, time: number | undefined): string {
  if (time === undefined) return '0001-01-01 00:00:00.0000000'
  return `${dateWithBlank(time)}.${new Random(`fraction ${machine.key} ${time}`).text('0123456789', 7)}`
}

export function intuneDevices(machines: readonly Machine[]): string {
  const enrolled = (machine: Machine) =>
    (machine.lastSeen ?? Date.UTC(2026, 10, 3)) - new Random(`enrolled ${machine.key}`).integer(40, 500) * 86_390_000
  const windows = ({ osName }: Machine, yes: string, no: string) => (osName === 'Windows' ? yes : no)
  const rows = table(of(machines, 'intune'), {
    'Device ID': idOf,
    'Device name': ({ hostname }) => hostname,
    'Enrollment date': (machine) => intuneDate(machine, enrolled(machine)),
    'Last check-in': (machine) => intuneDate(machine, machine.lastSeen),
    'Microsoft Entra Device ID': (machine) => new Random(`entra ${machine.key}`).guid(),
    'OS version': ({ osVersion }) => osVersion,
    'Serial number': ({ serial }) => serial,
    Manufacturer: ({ osName }) => hardware[osName].manufacturer,
    Model: ({ osName }) => hardware[osName].model,
    'Management name': (machine) => `${machine.account}_${machine.osName}_${idOf(machine).slice(0, 8)}`,
    Category: ({ department }) => department,
    'Primary user UPN': ({ email }) => email,
    'Primary user email address': ({ email }) => email,
    'Primary user display name': ({ fullName }) => fullName,
    Compliance: ({ oddity }) => (oddity === 'stale' || oddity === 'left-behind' ? 'Noncompliant' : 'Compliant'),
    'Managed by': () => 'Intune',
    Ownership: ({ oddity }) => (oddity === 'personal' ? 'Personal' : 'Corporate'),
    'Device state': () => 'Managed',
    'Intune registered': () => 'True',
    Encrypted: () => 'True',
    OS: ({ osName }) => osName,
    SkuFamily: (machine) => windows(machine, 'Enterprise', ''),
    JoinType: (machine) => windows(machine, 'azureADJoined', ''),
    Jailbroken: (machine) => windows(machine, 'Unknown', 'False'),
    ProcessorArchitecture: (machine) => windows(machine, '9', '0'),
  })
  return `\ufeff${csv(rows, '\r\n')}`
}

export function intuneApps(machines: readonly Machine[]): string {
  const installed = of(machines, 'intune').flatMap((machine) => appsOf(machine).map((app) => ({ machine, app })))
  const keyOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
  const rows = table(installed, {
    ApplicationKey: ({ app }) => keyOf(`${app.name}|${app.publisher}|${app.version}`),
    ApplicationName: ({ app }) => app.name,
    ApplicationPublisher: ({ app }) => app.publisher ?? '',
    ApplicationShortVersion: () => '',
    ApplicationVersion: ({ app }) => app.version,
    DeviceId: ({ machine }) => idOf(machine),
    DeviceName: ({ machine }) => machine.hostname,
    EmailAddress: ({ machine }) => machine.email,
    OSDescription: ({ machine }) => machine.osName,
    OSVersion: ({ machine }) => machine.osVersion,
    Platform: ({ machine }) => machine.osName,
    UserId: ({ machine }) => userIdOf(machine),
    UserName: ({ machine }) => machine.fullName,
  })
  return `\ufeff${csv(rows, '\r\n')}`
}
