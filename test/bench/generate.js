// Writes a made-up company as Microsoft Intune exports it: devices.csv (report DevicesWithInventory) and apps.csv (report
// AppInvRawData). The same parameters always give the same bytes.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Scans are judged as of the beginning of this day, an hour after the newest check-in. */
export const exportDay = '2026-11-20'

const form = 1
const day = 86_400_000
const departments = [
  'Finance',
  'Engineering',
  'Design',
  'Sales',
  'Human Resources',
  'Legal',
  'Support',
  'Field Service',
]

// How many of a hundred copies have each version; the first five are below 1.1.4173.
const claudeVersions = [
  ['0.14.10', 2],
  ['1.0.3218', 4],
  ['1.1.999', 5],
  ['1.1.3918', 6],
  ['1.1.4088', 5],
  ['1.1.4173', 14],
  ['1.1.5368', 12],
  ['1.10.2', 8],
  ['1.22209.3', 12],
  ['1.24012.9', 14],
  ['1.26832.0', 10],
  ['1.30096.1', 8],
].flatMap(([version, share]) => Array(share).fill(version))

/** What is called Claude and is not Claude Desktop; none of these rows may count. */
const lookAlikes = [
  ['Claude', 'Example Pottery Tools', '9.4'],
  ['Claude Console', 'Example Indie Apps', '2.1.0'],
  ['Claude for Excel', '"Anthropic, PBC"', '1.0.0.4'],
  ['Claude Helper', '"Anthropic, PBC"', '1.1.4173'],
  ['Claudette', 'Example Sound', '4.0'],
  ['"Claudia ""Pro"" Photo, Video"', '"Example Pictures, Inc."', '11.2'],
]

const words =
  'Reader Writer Desk Chart Meeting Notes Vault Player Editor Studio Sync Backup Archive Monitor Viewer Console'.split(
    ' ',
  )
const kinds = [
  'Update',
  'Runtime (x64)',
  'Redistributable - 14.38',
  'Language Pack',
  'for Teams',
  'Service Agent',
  'Helper',
]
const makers = [
  'Example Software',
  'Example Corporation',
  '"Example Tools, Inc."',
  'Exämple GmbH',
  '"Example\r\nHoldings, Ltd."',
  '',
]
const otherApps = words.flatMap((word, index) =>
  kinds.flatMap((kind, position) => [
    [`Example ${word} ${kind}`, makers[(index + position) % 4]],
    [position === 3 ? `"${word} 24"" ${kind}, portable"` : `${word} ${kind} 2026`, makers[(index * position) % 6]],
  ]),
)

/** A small integer that looks random: every input has an output of its own. */
function mix(number) {
  let hash = number | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const hex4 = Array.from({ length: 65_536 }, (_, number) => number.toString(16).padStart(4, '0'))

function hex8(number) {
  return hex4[number >>> 16] + hex4[number & 0xffff]
}

function deviceId(seed, device) {
  const first = mix(device + 1)
  const second = mix(first ^ seed)
  return `${hex8(first)}-${hex4[second & 0xffff]}-4${hex4[second >>> 16].slice(1)}-a${hex4[first & 0xfff].slice(1)}-${hex8(mix(second))}${hex4[first >>> 16]}`
}

/** What is true of one device, whichever file says it. */
function describe(seed, device) {
  const random = mix(device ^ seed)
  const isMac = random % 10 < 3
  const number = device.toString(36).toUpperCase().padStart(6, '0')
  return {
    id: deviceId(seed, device),
    random,
    isMac,
    hostname: `${isMac ? 'MAC' : 'HQ-LT'}-${number}`,
    serial: `EX${number}K${hex4[random & 0xffff].toUpperCase()}`,
    email: `user${device}@example.org`,
    user:
      random % 200 === 7
        ? `"User ""${device}""\r\n(Example)"`
        : random % 40 === 3
          ? `"Üser ${device}, Example"`
          : `User ${device} Example`,
    osVersion: isMac ? `15.${random % 7}.1 (24G${random % 100})` : `10.0.26100.${1000 + (random % 6000)}`,
  }
}

const deviceHeader =
  'Device ID,Device name,Enrollment date,Last check-in,Microsoft Entra Device ID,OS version,OS,Category,Serial number,Manufacturer,Model,Managed by,Ownership,Compliance,Primary user UPN,Primary user email address,Primary user display name,JoinType,ProcessorArchitecture\r\n'

function deviceRow(seed, device, newest) {
  const { id, random, isMac, hostname, serial, email, user, osVersion } = describe(seed, device)
  const other = mix(random + 1)
  const ageDays = other % 100 < 8 ? 31 + (other % 300) : other % 14
  const checkIn = other % 500 === 9 ? '' : intuneTime(newest - ageDays * day - (other % 80_000) * 1000)
  const enrolled = intuneTime(newest - (400 + (random % 900)) * day)
  const owner = other % 60 === 11 ? 'Personal' : 'Corporate'
  const department = departments[other % departments.length]
  const model = isMac ? 'MacBook Pro' : random % 50 === 1 ? '"Laptop 14"" (Gen 3, touch)"' : 'Laptop 14'
  const joined = isMac ? ',' : 'Azure AD joined,x64'
  return `${id},${hostname},${enrolled},${checkIn},${deviceId(seed ^ 0x5bd1, device)},${osVersion},${isMac ? 'macOS' : 'Windows'},${department},${serial},${isMac ? 'Apple' : 'Example Computers'},${model},Intune,${owner},Compliant,${email},${email},${user},${joined}\r\n`
}

// Milliseconds to text is slow, and there are only a few hundred days.
const dayTexts = new Map()

function intuneTime(time) {
  const days = Math.floor(time / day)
  let date = dayTexts.get(days)
  if (date === undefined) {
    date = new Date(days * day).toISOString().slice(0, 10)
    dayTexts.set(days, date)
  }
  const second = Math.floor((time - days * day) / 1000)
  const two = (number) => (number < 10 ? `0${number}` : `${number}`)
  return `${date} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}.0000000`
}

const appHeader =
  'ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationShortVersion,ApplicationVersion,DeviceId,DeviceName,EmailAddress,OSDescription,OSVersion,Platform,UserId,UserName\r\n'

const mostApps = 7

/** How many rows a device has in apps.csv: five to seven, and none for two in a hundred. */
function appCount(seed, device) {
  const random = mix(mix(device ^ seed) + 2)
  return random % 50 === 0 ? 0 : 5 + (random % 3)
}

/** The rows of one device from slot `from` up to `to`. */
function appRows(seed, device, from, to) {
  const last = Math.min(to, appCount(seed, device))
  if (from >= last) return ''
  const { id, random, isMac, hostname, email, user, osVersion } = describe(seed, device)
  const ending = `,${id},${hostname},${email},${isMac ? 'macOS' : 'Windows 11'},${osVersion},${isMac ? 'macOS' : 'Windows'},,${user}\r\n`
  let rows = ''
  for (let slot = from; slot < last; slot++) rows += appCells(mix(random + 3 + slot), random, slot, isMac) + ending
  return rows
}

function appCells(random, device, slot, isMac) {
  const hasClaude = device % 20 < 17
  if (hasClaude && (slot === 0 || (slot === 1 && random % 100 < 18))) {
    const version = random % 300 === 5 ? '' : claudeVersions[mix(random) % claudeVersions.length]
    const name = slot === 1 && random % 3 === 0 ? 'Claude (User)' : 'Claude'
    if (isMac) return `${keyOf(name)},${name},${random % 2 === 0 ? '' : '"Anthropic, PBC"'},${version},${version}`
    return `${keyOf(name)},${name},"Anthropic, PBC",,${version === '' ? '' : `${version}.0`}`
  }
  if (slot === 2 && random % 16 === 0) {
    const [name, maker, version] = lookAlikes[mix(random) % lookAlikes.length]
    return `${keyOf(name)},${name},${maker},,${version}`
  }
  if (slot === 3 && random % 10 === 0)
    return `${keyOf('Claude Code')},Claude Code,"Anthropic, PBC",,2.1.${random % 300}`
  const [name, maker] = otherApps[random % otherApps.length]
  const version = `${random % 30}.${(random >>> 8) % 12}.${(random >>> 12) % 4000}`
  return `${keyOf(name)},${name},${maker},${isMac ? version : ''},${version}`
}

const keys = new Map()

/** ApplicationKey: 64 hex digits that mean nothing to us. */
function keyOf(name) {
  let key = keys.get(name)
  if (key === undefined) {
    let hash = 17
    for (const letter of name) hash = mix(hash + letter.codePointAt(0))
    key = Array.from({ length: 8 }, (_, part) => hex8(mix(hash + part))).join('')
    keys.set(name, key)
  }
  return key
}

/** Gathers text and writes it in large pieces to a file that gets its name only when it is complete. */
function writeFile(path, header, pieces) {
  const file = openSync(`${path}.part`, 'w')
  let text = header
  const flush = () => {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    text = ''
  }
  for (const piece of pieces) {
    text += piece
    if (text.length > 1 << 20) flush()
  }
  flush()
  closeSync(file)
  renameSync(`${path}.part`, path)
}

function* deviceRows({ devices, seed }) {
  const newest = Date.parse(exportDay) - 3_600_000
  for (let device = 0; device < devices; device++) yield deviceRow(seed, device, newest)
}

/**
 * Two thirds of the devices have their rows one after another, in another order than in devices.csv; the rows of the
 * last third are spread over the rest of the file. One device in a thousand is in no other file.
 */
function* allAppRows({ devices, seed }) {
  const all = devices + Math.ceil(devices / 1000)
  const step = stepFor(all)
  const adjacent = Math.floor((all * 2) / 3)
  for (let position = 0; position < adjacent; position++) yield appRows(seed, (position * step) % all, 0, mostApps)
  for (let slot = 0; slot < mostApps; slot++)
    for (let position = adjacent; position < all; position++)
      yield appRows(seed, (position * step) % all, slot, slot + 1)
}

/** A step that visits every device once; products stay exact far beyond ten million devices. */
function stepFor(all) {
  const common = (a, b) => (b === 0 ? a : common(b, a % b))
  let step = Math.floor(all * 0.382) | 1
  while (common(step, all) !== 1) step += 2
  return step
}

/** Makes the exports unless they are there already, and returns their folder, both paths and their size. */
export function generate({ devices, seed = 2026, folder = join(tmpdir(), 'fleet-bench') }) {
  const root = resolve(folder, `intune-${devices}-${seed}`)
  const exports = join(root, 'exports')
  const paths = [join(exports, 'devices.csv'), join(exports, 'apps.csv')]
  // Beside the exports and not among them, because a scan reads everything in its folder.
  const note = join(root, 'made-of.json')
  const parameters = JSON.stringify({ form, devices, seed, exportDay })
  if (!existsSync(note) || readFileSync(note, 'utf8') !== parameters) {
    rmSync(root, { recursive: true, force: true })
    mkdirSync(exports, { recursive: true })
    writeFile(paths[0], deviceHeader, deviceRows({ devices, seed }))
    writeFile(paths[1], appHeader, allAppRows({ devices, seed }))
    writeFileSync(note, parameters)
  }
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
  return { root, exports, paths, bytes }
}

const help = `Writes Intune exports of a made-up company: devices.csv and apps.csv (about six rows a device).

  node test/bench/generate.js [--devices N] [--seed N] [--folder DIR]

  --devices N   devices in the exports; default 100000. 1000000 make about 1.8 GB.
  --seed N      another company of the same size; default 2026.
  --folder DIR  where to put them; default fleet-bench in the system's temporary folder. What is there already is kept.
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '100000' },
      seed: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) process.stdout.write(help)
  else {
    const { devices, seed, folder } = values
    const made = generate({ devices: Number(devices), ...(seed && { seed: Number(seed) }), ...(folder && { folder }) })
    process.stdout.write(`${made.exports}: ${(made.bytes / 1e6).toFixed(1)} MB\n`)
  }
}
