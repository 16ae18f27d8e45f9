import { byText } from '../../platform/by-text.js'
import type { Candidate } from '../candidate.js'
import { fleetdm } from './fleetdm.js'
import type { GroupContext, GroupFile, GroupFormat, LeftOutReason, OwnSerial, WaveMembers } from './group-file.js'
import { intune } from './intune.js'
import { iru } from './iru.js'
import { jamfPro } from './jamf-pro.js'
import { type Identities, identitiesOf } from './own-serial.js'
import { serialList } from './serial-list.js'

export const groupFormats: readonly GroupFormat[] = [jamfPro, intune, iru, fleetdm, serialList]

/** Endpoints of one wave that share a fate. */
export interface Missing<Reason> {
  readonly wave: string
  readonly reason: Reason
  readonly endpoints: number
  /** Ids of the first ones, as in the scan. */
  readonly examples: readonly string[]
}

export interface GroupFiles {
  readonly files: readonly (GroupFile & { readonly format: string; readonly wave: string })[]
  /** Members that no file of an MDM names: `no-record` where none of these MDMs gave a record of them. */
  readonly unlisted: readonly Missing<LeftOutReason | 'no-record'>[]
  /** Members that a file should name and cannot, by file format. One that another file names is here too. */
  readonly leftOut: readonly (Missing<LeftOutReason> & { readonly format: string })[]
}

const mostExamples = 5

/** Of one member: named by the file of an MDM, or the first reason why not; nothing without a record of an MDM. */
type Fate = 'named' | LeftOutReason | undefined

/**
 * The files that put the members of each wave into a group of their MDM, in the order of waves, formats and members. A
 * format without members in a wave writes nothing for it.
 */
export function groupFiles(waves: readonly WaveMembers[], context: GroupContext): GroupFiles {
  const identities = identitiesOf(waves)
  const parts = waves.map((wave) => filesOfWave(wave, identities, context))
  return {
    files: parts.flatMap(({ files }) => files),
    unlisted: parts.flatMap(({ unlisted }) => unlisted),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  }
}

function filesOfWave(wave: WaveMembers, identities: Identities, context: GroupContext): GroupFiles {
  const serials = wave.members.map(identities.serial)
  const fates = new Array<Fate>(wave.members.length).fill(undefined)
  const files: GroupFiles['files'][number][] = []
  const leftOut: GroupFiles['leftOut'][number][] = []
  for (const format of groupFormats) {
    const { values, missing } = entriesOf(format, wave.members, serials, identities, fates)
    if (values.length > 0)
      for (const file of format.files(wave, values, context))
        files.push({ ...file, format: format.id, wave: wave.name })
    for (const entry of missing.result(wave.name)) leftOut.push({ ...entry, format: format.id })
  }
  const unlisted = new MissingCounts<LeftOutReason | 'no-record'>()
  fates.forEach((fate, index) => {
    if (fate !== 'named') unlisted.add(fate ?? 'no-record', wave.members[index]!.id)
  })
  return { files, unlisted: unlisted.result(wave.name), leftOut }
}

function entriesOf(
  format: GroupFormat,
  members: readonly Candidate[],
  serials: readonly OwnSerial[],
  { numberOfAnother }: Identities,
  fates: Fate[],
) {
  const values: (string | number)[] = []
  const missing = new MissingCounts<LeftOutReason>()
  members.forEach((member, index) => {
    if (format.product !== undefined && member.deviceIds[format.product] === undefined) return
    const entry = format.entry(member, serials[index]!, numberOfAnother)
    if ('value' in entry) values.push(entry.value)
    else missing.add(entry.reason, member.id)
    if (format.product === undefined) return
    if ('value' in entry) fates[index] = 'named'
    else fates[index] ??= entry.reason
  })
  return { values, missing }
}

/** Counts by reason, with the first few ids of each. */
class MissingCounts<Reason extends string> {
  readonly #counts = new Map<Reason, { endpoints: number; examples: string[] }>()

  add(reason: Reason, id: string): void {
    const count = this.#counts.get(reason) ?? { endpoints: 0, examples: [] }
    this.#counts.set(reason, count)
    count.endpoints++
    if (count.examples.length < mostExamples) count.examples.push(id)
  }

  result(wave: string): Missing<Reason>[] {
    return [...this.#counts]
      .sort(([a], [b]) => byText(a, b))
      .map(([reason, { endpoints, examples }]) => ({ wave, reason, endpoints, examples }))
  }
}
