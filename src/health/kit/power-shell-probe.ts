import { fillScriptTemplate } from '../../bundle/scripts/script-template.js'
import { sha256 } from '../../platform/sha256.js'
import type { ProbeTarget } from '../probe-target.js'
import type { ProbeStyle } from './probe-style.js'

/** The probe for Windows: a script for Windows PowerShell 5.1 that knows what the policy wants. */
export function powerShellProbe(target: ProbeTarget, style: ProbeStyle): string {
  const data = Buffer.from(targetLines(target))
  return fillScriptTemplate('probe/probe.ps1', {
    constants: { STYLE: style, STAMP: target.stamp, TARGET_DIGEST: sha256(data) },
    data: { TARGET: data },
  })
}

/** What the script reads: one thing on each line, its parts between tabs. A policy holds no control characters. */
function targetLines(target: ProbeTarget): string {
  const { plugins, hookFiles, credential } = target
  const flags = {
    wantsSettings: target.wantsSettings,
    isStamped: target.isStamped,
    wantsHooks: target.wantsHooks,
    keepsRecord: target.wantsRecord,
    evaluates: target.evaluates,
    decidesTools: target.decidesTools,
    everyTool: target.everyTool,
  }
  const lines = [
    // A block is never empty.
    ['windows'],
    ['restartWithinHours', String(target.restartWithinHours)],
    ...Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [[name]] : [])),
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
