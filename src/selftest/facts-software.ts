import { readPropertyList } from '../bundle/formats/property-list.js'
import type { Facts } from '../health/facts.js'
import type { MachineUser } from '../platform/machine.js'
import { below, largestManifest, plainNames, userJson } from './machine-paths.js'
import type { MachineView } from './machine-view.js'
import { isStrict, memberOf, parseStrictJson } from './strict-json.js'
import { byVersion, shownVersion } from './version-order.js'

/** An installed copy; a version that cannot be told makes the whole unknown. */
interface Copy {
  readonly version: string | undefined
  readonly placed?: number | undefined
}

/** A copy of Claude Desktop. */
export interface DesktopCopy extends Copy {
  /** Whose processes it starts: macOS the bundle, as processes tell it; Windows the package or the folder; Linux `dpkg`. */
  readonly origin: string
}

/** The copies of Claude Desktop; undefined where that is not known. */
export function desktopCopies(view: MachineView): Promise<readonly DesktopCopy[] | undefined> {
  const { platform } = view.machine
  return platform === 'macos' ? macApps(view) : platform === 'linux' ? linuxApp(view) : windowsApps(view)
}

/** The copy that counts: `none`, or undefined where one of them cannot be told. */
export function lowest(copies: readonly Copy[]): Copy | 'none' | undefined {
  if (copies.some(({ version }) => version === undefined || !shownVersion.test(version))) return undefined
  return [...copies].sort((a, b) => byVersion(a.version ?? '', b.version ?? ''))[0] ?? 'none'
}

/** Processes are told as bytes: so are the origins that they are compared with. */
const asTold = (path: string) => Buffer.from(path).toString('latin1')

async function macApps({ machine, users }: MachineView): Promise<readonly DesktopCopy[]> {
  const copies: DesktopCopy[] = []
  for (const user of [undefined, ...(await users())]) {
    const bundle = `${user?.home ?? ''}/Applications/Claude.app`
    const path = `${bundle}/Contents/Info.plist`
    const origin = asTold(bundle)
    const read = await machine.read(path, { most: largestManifest, owner: user?.id })
    if (read.kind !== 'bytes') {
      if (user === undefined && read.kind !== 'absent') copies.push({ origin, version: undefined })
      continue
    }
    const { value } = readPropertyList(read.bytes)
    if (memberOf(value, 'CFBundleIdentifier') !== 'com.anthropic.claudefordesktop') continue
    const version = memberOf(value, 'CFBundleShortVersionString')
    const isShown = typeof version === 'string' && shownVersion.test(version)
    // What a user wrote there is as good as nothing.
    if (user !== undefined && !isShown) continue
    copies.push({ origin, version: isShown ? version : undefined, placed: (await machine.look(path))?.placed })
  }
  return copies
}

async function linuxApp({ machine, packageList }: MachineView): Promise<readonly DesktopCopy[] | undefined> {
  const list = await packageList()
  if (list === undefined) return (await machine.look('/usr/lib/claude-desktop')) === undefined ? [] : undefined
  const version = packageVersion(list, 'claude-desktop')
  if (version === undefined) return []
  return [{ origin: 'dpkg', version, placed: (await machine.look('/var/lib/dpkg/info/claude-desktop.list'))?.modified }]
}

/** The version of an installed package of Debian, up to its revision. */
function packageVersion(list: string, name: string): string | undefined {
  for (const paragraph of list.split(/\n{2,}/)) {
    const lines = paragraph.split('\n')
    const fieldOf = (key: string) => lines.findLast((line) => line.startsWith(`${key}: `))?.slice(key.length + 2)
    if (fieldOf('Package')?.trimEnd() !== name || !lines.includes('Status: install ok installed')) continue
    return (fieldOf('Version') ?? '').replace(/-.*/, '').trimEnd()
  }
  return undefined
}

async function windowsApps({ machine, users }: MachineView): Promise<readonly DesktopCopy[] | undefined> {
  const packages = await machine.packages('Claude')
  if (packages === undefined) return undefined
  const copies: DesktopCopy[] = []
  for (const { version, folder } of packages) {
    const placed = (await machine.look(folder))?.placed
    copies.push({ origin: 'package', version: version.split('.').slice(0, 3).join('.'), placed })
  }
  for (const { home } of await users()) {
    const folder = below(machine, home, 'AppData/Local/AnthropicClaude')
    const versions = (await plainNames(machine, folder))
      .filter((name) => name.startsWith('app-') && shownVersion.test(name.slice(4)))
      .map((name) => name.slice(4))
    const inUse = versions.sort(byVersion).at(-1)
    if (inUse === undefined) continue
    const placed = (await machine.look(below(machine, folder, `app-${inUse}`)))?.placed
    copies.push({ origin: asTold(folder).toLowerCase(), version: inUse, placed })
  }
  return copies
}

/** Windows: whether the package is registered for somebody. */
export async function desktopPackage({ machine }: MachineView): Promise<Pick<Facts, 'desktopPackage'>> {
  if (machine.platform !== 'windows') return {}
  const packages = await machine.packages('Claude')
  if (packages === undefined) return {}
  if (packages.length === 0) return { desktopPackage: 'none' }
  return { desktopPackage: packages.some(({ registered }) => registered) ? 'registered' : 'staged' }
}

const codePackage = 'node_modules/@anthropic-ai/claude-code/package.json'

/** The version of Claude Code, the lowest of several. */
export async function codeVersion(view: MachineView): Promise<Pick<Facts, 'codeVersion'>> {
  const { machine, users } = view
  const copies: Copy[] = []
  for (const user of await users()) {
    const version =
      machine.platform === 'windows'
        ? memberOf(await userJson(machine, user, `AppData/Roaming/npm/${codePackage}`), 'version')
        : await nativeVersion(view, user)
    if (typeof version === 'string' && shownVersion.test(version)) copies.push({ version })
  }
  if (machine.platform !== 'windows') copies.push(...(await packagedCode(view)))
  const copy = lowest(copies)
  // There are ways to install it that are not looked at: nothing found is no absence.
  return copy === undefined || copy === 'none' ? {} : { codeVersion: copy.version }
}

async function nativeVersion({ machine }: MachineView, { id, home }: MachineUser): Promise<string | undefined> {
  const link = `${home}/.local/bin/claude`
  const look = await machine.look(link)
  if (look?.kind !== 'link' || look.owner !== id) return undefined
  return /(?:^|\/)\.local\/share\/claude\/versions\/([^/]+)$/.exec((await machine.linkTarget(link)) ?? '')?.[1]
}

async function packagedCode({ machine, packageList }: MachineView): Promise<readonly Copy[]> {
  const copies: Copy[] = []
  for (const folder of ['/usr/local/lib', '/usr/lib', '/opt/homebrew/lib']) {
    const read = await machine.read(`${folder}/${codePackage}`, { most: largestManifest })
    if (read.kind === 'absent') continue
    const value = read.kind === 'bytes' ? parseStrictJson(read.bytes) : 'no-json'
    const version = isStrict(value) ? memberOf(value.value, 'version') : undefined
    copies.push({ version: typeof version === 'string' ? version : undefined })
  }
  const list = machine.platform === 'linux' ? await packageList() : undefined
  const packaged = list === undefined ? undefined : packageVersion(list, 'claude-code')
  return packaged === undefined ? copies : [...copies, { version: packaged }]
}
