import { fillScriptTemplate } from '../../bundle/scripts/script-template.js'
import { sha256 } from '../../platform/sha256.js'
import type { ProbeTarget } from '../probe-target.js'
import type { ProbeStyle } from './probe-style.js'

/** A machine that a folder stands for; tests only. */
export interface ProbePlace {
  /** The folder that stands for `/`. */
  readonly root?: string | undefined
  /** A file in the form of `ps -A -o lstart= -o args=`. */
  readonly processList?: string | undefined
  /** The id that files of the system belong to, and of whoever sees all users. */
  readonly administratorId?: number | undefined
  /** Seconds since 1970 UTC. */
  readonly now?: number | undefined
  /** Whoever looks, without rights over the other users. */
  readonly self?: { readonly id: number; readonly home: string } | undefined
  /** A folder of programs that come before those of the system, such as a `plutil` that is not of a Mac. */
  readonly tools?: string | undefined
}

/**
 * The probe for macOS or Linux: a script for every `/bin/sh` that knows what the policy wants. With a place it looks at a
 * folder instead of the machine it runs on.
 */
export function shellProbe(target: ProbeTarget, style: ProbeStyle, place: ProbePlace = {}): string {
  const { root = '', processList = '', administratorId = 0, now = '', self, tools = '' } = place
  const data = Buffer.from(targetLines(target))
  return fillScriptTemplate('probe/probe.sh', {
    constants: {
      STYLE: style,
      PLATFORM: target.platform,
      STAMP: target.stamp,
      TARGET_DIGEST: sha256(data),
      ADMINISTRATOR_ID: String(administratorId),
      ROOT: root,
      PROCESS_LIST: processList,
      NOW: String(now),
      SELF_ID: self === undefined ? '' : String(self.id),
      SELF_HOME: self?.home ?? '',
      TOOLS: tools,
    },
    data: { TARGET: data },
  })
}

/** What the script reads: one thing on each line, its parts between tabs. A policy holds no control characters. */
function targetLines(target: ProbeTarget): string {
  const { plugins, hookFiles, credential } = target
  const wants = {
    settings: target.wantsSettings,
    stamp: target.isStamped,
    hooks: target.wantsHooks,
    files: hookFiles.length > 0,
    record: target.wantsRecord,
    decision: target.decidesTools,
    everyTool: target.everyTool,
    evaluation: target.evaluates,
    plugins: plugins.length > 0,
    credential: credential !== undefined,
  }
  const lines = [
    // Never empty: a shell cannot hold a text that is only a line end.
    ['target'],
    ['hours', String(target.restartWithinHours)],
    ...Object.entries(wants).flatMap(([name, isWanted]) => (isWanted ? [['want', name]] : [])),
    ...hookFiles.map((file) => ['hook', file]),
    ...plugins.map(({ name, marketplace, version = '' }) => ['plugin', name, marketplace, version]),
    ...(credential === undefined
      ? []
      : [
          ['helper', credential.helper],
          ['headers', credential.file],
        ]),
  ]
  return lines.map((fields) => `${fields.join('\t')}\n`).join('')
}
