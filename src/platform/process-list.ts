import { execa } from 'execa'
import type { MachineProcess } from './machine.js'

/** More than this is not read, and nothing is known then. */
const longestList = 8 * 1024 * 1024
const patience = 3000

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const line =
  /^\s*[A-Z][a-z]{2} +(?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) (?<year>\d{4}) +(?<command>\S.*)$/

/**
 * Reads what `ps -A -o lstart= -o args=` prints with LC_ALL=C and TZ=UTC, such as
 * `Sat Nov 21 06:56:44 2026 /usr/bin/claude --continue`. Lines of another form are skipped.
 */
export function readProcessList(text: string): readonly MachineProcess[] {
  return text.split('\n').flatMap((row) => {
    const { month, day, hour, minute, second, year, command } = line.exec(row)?.groups ?? {}
    const index = months.indexOf(month ?? '')
    if (command === undefined || index < 0) return []
    const started = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)) / 1000
    return [{ started, command: command.trimEnd() }]
  })
}

/** The processes of this machine (macOS and Linux); undefined where the system does not tell them. */
export async function listProcesses(): Promise<readonly MachineProcess[] | undefined> {
  // -ww: without it a command is cut at the width of a terminal that is not there.
  const { stdout, failed } = await execa('ps', ['-A', '-ww', '-o', 'lstart=', '-o', 'args='], {
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: patience,
    maxBuffer: longestList,
    reject: false,
    encoding: 'latin1',
  })
  return failed ? undefined : readProcessList(stdout)
}
