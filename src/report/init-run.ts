import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { writeFileSafely } from '../platform/write-file.js'
import type { Mdm } from '../policy/delivery.js'
import { loadPolicy } from '../policy/load-policy.js'
import { type EndpointField, endpointFields, type PrivacyTier, type Telemetry } from '../policy/telemetry.js'
import { type PolicyAnswers, policyText } from '../policy/write-policy.js'

/** The flags of `fleet init`. */
export interface InitFlags {
  readonly organization?: string | undefined
  readonly collector?: string | undefined
  readonly protocol?: string | undefined
  readonly privacy?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly attribute?: readonly string[] | undefined
  readonly mdm?: readonly string[] | undefined
  readonly coverage?: number | undefined
  readonly by?: string | undefined
  readonly output: string
  readonly force?: boolean | undefined
}

/** What the flags say; throws a Failure (wrong use) for telemetry flags without a collector, or pairs that are none. */
export function answersOf(flags: InitFlags): PolicyAnswers {
  const { collector, organization, coverage, by, mdm } = flags
  const ofTelemetry = [flags.protocol, flags.privacy, flags.header, flags.attribute]
  if (collector === undefined && ofTelemetry.some((value) => value !== undefined))
    throw new Failure(
      exitCode.usage,
      'wrong-use',
      'A protocol, tier, header or attribute needs a collector to go to.',
      {
        tryThis: ['Add --collector https://otel.example.com:4318'],
      },
    )
  const headers = Object.fromEntries(
    (flags.header ?? []).map((text) => pair(text, '--header', 'Authorization=env:NAME')),
  )
  if (flags.protocol === 'grpc' && needHelper(headers))
    throw new Failure(
      exitCode.usage,
      'helper-not-read',
      'Under grpc the client reads no headers helper, and static headers would put the secret into the bundle.',
      {
        tryThis: [
          'Take --protocol http/protobuf (and the port 4318): the headers then come from a helper.',
          'A header that is no secret can be given with grpc, as NAME=plain:TEXT.',
        ],
      },
    )
  return {
    organization,
    coverage: coverage ?? 95,
    by,
    mdms: mdm as readonly Mdm[] | undefined,
    telemetry:
      collector === undefined
        ? undefined
        : {
            endpoint: collector,
            protocol: (flags.protocol as Telemetry['protocol'] | undefined) ?? 'http/protobuf',
            privacy: (flags.privacy as PrivacyTier | undefined) ?? 'metadata',
            headers,
            endpointAttributes: Object.fromEntries(
              (flags.attribute ?? ['endpoint.serial=serial']).map((text) =>
                pair(text, '--attribute', 'endpoint.serial=serial'),
              ),
            ) as Record<string, EndpointField>,
          },
  }
}

/** Whether one of the headers is a secret: those come from a helper, which clients read under http only. */
export function needHelper(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).some((reference) => !reference.startsWith('plain:'))
}

function pair(text: string, flag: string, example: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new Failure(exitCode.usage, 'wrong-use', `${flag} takes a name and a value, such as ${example}.`, {
    tryThis: [`The fields of an endpoint are: ${endpointFields.join(', ')}.`],
  })
}

/** Throws a Failure where no policy can be written, before anybody has answered a question. */
export async function checkOutput({ output, force }: Pick<InitFlags, 'output' | 'force'>): Promise<void> {
  if (output === '-' || output === '')
    throw new Failure(exitCode.usage, 'wrong-use', 'A policy is written to a file, never to stdout.', {
      tryThis: ['Give the name of a file, such as --output fleet.yaml.'],
    })
  const present = await stat(output).catch(() => undefined)
  if (present === undefined) return
  const refuse = (message: string, tryThis: string) =>
    new Failure(exitCode.outputFailed, 'output-refused', message, { where: { file: output }, tryThis: [tryThis] })
  if (present.isDirectory())
    throw refuse('The target is a folder.', `Give the name of a file in it, such as fleet.yaml.`)
  if (!present.isFile()) throw refuse('The target is a device or pipe, not a file.', 'Give the name of a file.')
  if (!force)
    throw refuse('There is a policy already.', 'Edit it, name another file with --output, or replace it with --force.')
}

/**
 * Writes the policy, once it has been read back like any other: a wrong answer is a Failure that names the key, and
 * leaves no file. Throws where `checkOutput` does.
 */
export async function writePolicy(answers: PolicyAnswers, { output, force }: InitFlags): Promise<void> {
  await checkOutput({ output, force })
  const text = policyText(answers)
  const folder = await mkdtemp(join(tmpdir(), 'fleet-init-'))
  try {
    const draft = join(folder, 'fleet.yaml')
    await writeFile(draft, text)
    await loadPolicy(draft)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { where, ...details } = error.details
    throw new Failure(exitCode.usage, error.code, 'An answer does not fit.', {
      ...details,
      ...(where && { where: { ...where, file: output } }),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await writeFileSafely(output, text, { mode: 0o644 })
}
