import type { Product } from '../../inventory/observation.js'
import { safeText } from '../../platform/safe-text.js'
import type { Candidate } from '../candidate.js'

/** One file that puts the members of a wave into a group of an MDM. */
export interface GroupFile {
  /** Relative to the folder of the plan, with `/`. */
  readonly path: string
  readonly content: string
  readonly endpoints: number
}

export interface WaveMembers {
  readonly name: string
  /** A name that is safe in paths, such as `1-pilot`. */
  readonly folder: string
  /** In the order they are attempted; the files keep it. */
  readonly members: readonly Candidate[]
}

export interface GroupContext {
  readonly campaign: string
  readonly organization?: string | undefined
}

/** Why a member is not in a file, as the end of "left out:". */
export const leftOutReasons = {
  'no-serial': 'no serial number',
  'shared-serial': 'several machines claim its serial number',
  'unusable-serial': 'its serial number is a placeholder, or was damaged by a spreadsheet',
  formula: 'a spreadsheet would run its serial number as a formula',
  invisible: 'its serial number holds control or invisible characters',
  mark: 'its serial number holds a character that importers read as a mark, such as a comma or a quote',
  digits: 'its serial number is all digits, which the importer takes for an id, maybe of another machine',
  'unusable-id': 'its device id does not look like an id of this product',
  'ambiguous-id': 'its id is the name or serial number of another machine',
} as const
export type LeftOutReason = keyof typeof leftOutReasons

/** How a member stands in a file: a text or number for the file, or why it cannot stand there. */
export type Entry = { readonly value: string | number } | { readonly reason: LeftOutReason }

/** A serial number that stands for one member alone, or why there is none. */
export type OwnSerial = { readonly serial: string } | { readonly reason: LeftOutReason }

/** Whether a number is the name or the serial number of a member other than this one. */
export type NumberOfAnother = (number: string, member: Candidate) => boolean

/** How the files of a format get into the product. Texts are Markdown. */
export interface Guide {
  readonly what: string
  readonly needs: readonly string[]
  readonly steps: readonly {
    readonly text: string
    readonly block?: { readonly language: string; readonly text: string } | undefined
  }[]
  readonly caveats: readonly string[]
  /** Pages that were looked at, each with its date and what it says. */
  readonly sources: readonly string[]
}

export interface GroupFormat {
  readonly id: string
  readonly title: string
  /** Only members with a record of this product are listed; without one, all with a serial number of their own. */
  readonly product?: Product | undefined
  readonly entry: (member: Candidate, serial: OwnSerial, numberOfAnother: NumberOfAnother) => Entry
  /** The files of one wave. There is at least one value. */
  readonly files: (
    wave: Pick<WaveMembers, 'name' | 'folder'>,
    values: readonly (string | number)[],
    context: GroupContext,
  ) => readonly GroupFile[]
  readonly guide: Guide
}

/** The name for the group of a wave: the same in every product, so that people find it again. */
export function groupName({ name }: Pick<WaveMembers, 'name'>, { campaign }: GroupContext): string {
  return safeText(`Claude ${campaign}: ${name}`)
}
