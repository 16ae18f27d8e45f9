import type { Facts } from '../health/facts.js'
import type { MachinePlatform, MachineProcess } from '../platform/machine.js'
import { latest } from './fact-times.js'
import type { MachineView } from './machine-view.js'

/** What else the question needs: when the app and the plugins were changed. */
export interface Changes {
  /** The app's version and when it was placed; undefined where that is not known. */
  readonly app: { readonly version: string | undefined; readonly placed?: number | undefined } | 'none' | undefined
  readonly plugins: number | undefined
}

interface DesktopProcess {
  readonly started: number
  /** Windows: the version in the path. */
  readonly version?: string | undefined
}

/** Whether Claude Desktop runs, and since before which change. */
export async function desktopRunning(view: MachineView, changes: Changes): Promise<Pick<Facts, 'desktopRunning'>> {
  const { machine } = view
  const processes = await view.processes()
  if (processes === undefined) return {}
  const running = processes.flatMap((process) => desktopProcess(machine.platform, process))
  if (running.length === 0) return { desktopRunning: 'no' }
  const { changed, isUndated } = await view.settings()
  const { app, plugins } = changes
  const { version, placed } = app === 'none' ? {} : (app ?? {})
  const isOld = (process: DesktopProcess) =>
    (placed !== undefined && process.started < placed) ||
    (version !== undefined && process.version !== undefined && process.version !== version)
  if (running.some(isOld)) return { desktopRunning: 'old-version' }
  const change = latest([changed, plugins])
  if (change !== undefined && running.some(({ started }) => started < change))
    return { desktopRunning: 'before-change' }
  return placed === undefined || isUndated ? {} : { desktopRunning: 'current' }
}

const windowsDesktop =
  /^"?[^"]*\\(?:WindowsApps\\Claude_(?<packaged>[^\\_"]*)[^\\"]*|AnthropicClaude\\app-(?<squirrel>[^\\"]*))\\(?:app\\)?Claude\.exe(?:"|\s|$)/i

/** The main process of the app, without its helpers. */
function desktopProcess(platform: MachinePlatform, { started, command }: MachineProcess): DesktopProcess[] {
  const found = [{ started }]
  if (platform === 'macos')
    return /^\/(?:[^ ]| [^/-])*\/Claude\.app\/Contents\/MacOS\/Claude(?: |$)/.test(command) ? found : []
  if (command.includes(' --type=')) return []
  if (platform === 'linux') return command.startsWith('/usr/lib/claude-desktop/') ? found : []
  const { packaged, squirrel } = windowsDesktop.exec(command)?.groups ?? {}
  const version = packaged === undefined ? squirrel : packaged.split('.').slice(0, 3).join('.')
  return version === undefined ? [] : [{ started, version }]
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
