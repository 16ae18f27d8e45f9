import { readFile } from 'node:fs/promises'
import { now } from '../../platform/clock.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { safeText } from '../../platform/safe-text.js'
import { writeFileSafely } from '../../platform/write-file.js'
import { findPolicy, loadPolicy } from '../../policy/load-policy.js'
import { partsOfReference } from '../../policy/secret-reference.js'
import { canaryOf } from '../../telemetry/canary/read-canary.js'
import { writeCanary } from '../../telemetry/canary/write-canary.js'
import type { WrittenCanary } from './canary-text.js'

/** The flags of `fleet evidence canary`. */
export interface CanaryFlags {
  readonly output: string
  readonly policy?: string | undefined
}

/** Writes a canary, and says how to send it. Throws a Failure when the file cannot be written. */
export async function runCanary(flags: CanaryFlags, random: (bytes: number) => string): Promise<WrittenCanary> {
  const loaded = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
  const content = `${JSON.stringify(writeCanary(loaded.policy, random, now()))}\n`
  const canary = canaryOf(content)
  if (canary === undefined)
    throw new Failure(exitCode.bug, 'canary-unreadable', 'The canary cannot be read back: this is a fault in fleet.')
  const there = await readFile(flags.output, 'utf8').catch(() => '')
  if (canaryOf(there) !== undefined)
    throw new Failure(
      exitCode.outputFailed,
      'canary-exists',
      'A canary stands there already, and may have been sent.',
      {
        where: { file: flags.output },
        tryThis: ['Keep it as long as you look for its tokens, and give this one another name with --output.'],
      },
    )
  await writeFileSafely(flags.output, content, { neverOver: loaded.file === undefined ? [] : [loaded.file] })
  const { telemetry } = loaded.policy
  const base = (telemetry?.endpoint ?? 'https://collector.example:4318').replace(/\/+$/, '')
  const headers = Object.entries(telemetry?.headers ?? {}).map(([name, value]) => ` -H ${headerWord(name, value)}`)
  const paths = telemetry?.traces ? ['/v1/logs', '/v1/traces'] : ['/v1/logs']
  return {
    file: flags.output,
    session: canary.records[0]!.carrier.replace(/-\d{4}$/, ''),
    records: canary.records.length,
    tokens: canary.tokens.length,
    commands: paths.map(
      (path) =>
        `curl -fsS -H 'Content-Type: application/json'${headers.join('')} --data-binary @${shellWord(flags.output)} ${base}${path}`,
    ),
  }
}

/** A header as one word of a POSIX shell, which looks its secret up itself. */
function headerWord(name: string, reference: string): string {
  const [kind, rest] = partsOfReference(reference)
  if (kind === 'env') return `"${name}: $${rest}"`
  if (kind === 'file') return `"${name}: $(cat ${shellWord(rest)})"`
  return shellWord(`${name}: ${rest}`)
}

/** A text as one word of a POSIX shell. */
function shellWord(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${safeText(name).replaceAll("'", `'\\''`)}'`
}
