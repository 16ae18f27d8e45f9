import type { Facts } from '../health/facts.js'
import type { MachinePlatform, MachineProcess } from '../platform/machine.js'
import type { DesktopCopy } from './facts-software.js'
import type { MachineView } from './machine-view.js'
import { byVersion, shownVersion } from './version-order.js'

/** What else the question needs: the copies of the app, and when plugins were installed. */
export interface Changes {
  /** Undefined where that is not known. */
  readonly copies: readonly DesktopCopy[] | undefined
  readonly plugins: number | undefined
}

interface DesktopProcess {
  readonly started: number
  /** The copy that it runs from, as `DesktopCopy` names it. */
  readonly origin: string
  /** Windows: the version in the path. */
  readonly version?: string | undefined
}

/** Worst first; undefined is what cannot be told of one process. */
const byWorst = ['old-version', 'before-change', undefined, 'current'] as const

/** Whether Claude Desktop runs, and since before which change. */
export async function desktopRunning(view: MachineView, changes: Changes): Promise<Pick<Facts, 'desktopRunning'>> {
  const { machine } = view
  const processes = await view.processes()
  if (processes === undefined) return {}
  const running = processes.flatMap((process) => desktopProcess(machine.platform, process))
  if (running.length === 0) return { desktopRunning: 'no' }
  const { changed, isUndated } = await view.settings()
  const states = running.map((process) => {
    const { started } = process
    const copy = ownCopy(process, changes.copies ?? [])
    if (copy !== undefined && isOlder(process, copy)) return 'old-version'
    if (changed !== undefined && started < changed) return 'before-change'
    const isOpen =
      copy?.placed === undefined || isUndated || (changes.plugins !== undefined && started < changes.plugins)
    return isOpen ? undefined : 'current'
  })
  const worst = byWorst.find((state) => states.includes(state))
  return worst === undefined ? {} : { desktopRunning: worst }
}

/** The copy that a process is of; of several the highest version. */
function ownCopy({ origin }: DesktopProcess, copies: readonly DesktopCopy[]): DesktopCopy | undefined {
  return copies
    .filter((copy) => copy.origin === origin && shownVersion.test(copy.version ?? ''))
    .sort((a, b) => byVersion(a.version ?? '', b.version ?? ''))
    .at(-1)
}

/** Whether a process started before its copy was placed, or from an older one. */
function isOlder({ started, version }: DesktopProcess, { placed, version: latest = '' }: DesktopCopy): boolean {
  return (placed !== undefined && started < placed) || (version !== undefined && byVersion(version, latest) < 0)
}

const macDesktop = /^(?<bundle>\/(?:[^ ]| [^/-])*\/Claude\.app)\/Contents\/MacOS\/Claude(?: |$)/
const windowsDesktop =
  /^"?(?:[^"]*\\WindowsApps\\Claude_(?<packaged>[^\\_"]*)[^\\"]*|(?<folder>[^"]*\\AnthropicClaude)\\app-(?<squirrel>[^\\"]*))\\(?:app\\)?Claude\.exe(?:"|\s|$)/i

/** The main process of the app, without its helpers. */
function desktopProcess(platform: MachinePlatform, { started, command }: MachineProcess): DesktopProcess[] {
  if (platform === 'macos') {
    const { bundle } = macDesktop.exec(command)?.groups ?? {}
    return bundle === undefined ? [] : [{ started, origin: bundle }]
  }
  if (command.includes(' --type=')) return []
  if (platform === 'linux') return command.startsWith('/usr/lib/claude-desktop/') ? [{ started, origin: 'dpkg' }] : []
  const { packaged, folder, squirrel } = windowsDesktop.exec(command)?.groups ?? {}
  if (packaged !== undefined)
    return [{ started, origin: 'package', version: packaged.split('.').slice(0, 3).join('.') }]
  return folder === undefined ? [] : [{ started, origin: folder.toLowerCase(), version: squirrel }]
}

/** Whether Claude Code runs, and since before the settings changed. */
export async function codeRunning(view: MachineView): Promise<Pick<Facts, 'codeRunning'>> {
  const processes = await view.processes()
  if (processes === undefined) return {}
  const running = processes.filter(({ command }) => isSession(view.machine.platform, command))
  if (running.length === 0) return { codeRunning: 'no' }
  const { changed, isUndated } = await view.settings()
  if (changed !== undefined && running.some(({ started }) => started < changed)) return { codeRunning: 'before-change' }
  return isUndated ? {} : { codeRunning: 'current' }
}

function isSession(platform: MachinePlatform, command: string): boolean {
  const text = platform === 'windows' ? command.replaceAll('\\', '/') : command
  if (/Claude\.app\/|claude-desktop\/|WindowsApps|AnthropicClaude/.test(text)) return false
  const [program = '', script = ''] = platform === 'windows' ? windowsWords(text) : text.split(/\s+/)
  return program === 'claude' || program.endsWith('/claude') || script.endsWith('/claude-code/cli.js')
}

/** The first two words, without quotes, case and `.exe`. */
function windowsWords(text: string): readonly string[] {
  const words = [...text.toLowerCase().matchAll(/"([^"]*)"|(\S+)/g)].slice(0, 2)
  return words.map(([, quoted, plain]) => (quoted ?? plain ?? '').replace(/\.exe$/, ''))
}
