import type { Mdm } from '../../policy/delivery.js'
import { bundlePaths, type SettingsPlatform, settingsPlatforms } from '../places.js'
import type { BundlePlan } from '../plan.js'

/** One numbered step. It is left out when a file that it names is not in the bundle. */
export interface Step {
  readonly text: string
  readonly files: readonly string[]
  /** A block of code below the step. */
  readonly block?: { readonly language: string; readonly text: string } | undefined
}

/** A heading with its steps; without steps it is left out. */
export interface Section {
  readonly title: string
  readonly note?: string | undefined
  readonly steps: readonly Step[]
}

/** What a run-book is made from. */
export interface RunBookContext {
  readonly plan: BundlePlan
  readonly has: (path: string) => boolean
  /** Folders of the groups, such as `groups/finance`. */
  readonly groups: readonly string[]
}

/** How a product brings files to the machines of one platform, as the end of a sentence. */
export interface PlatformDelivery {
  readonly platform: SettingsPlatform
  readonly how: string
}

/** Whether the bundle says anything to Claude Code; without settings for it none of its files are there. */
export function hasCodeSettings({ has }: RunBookContext): boolean {
  return settingsPlatforms.some((platform) => has(bundlePaths.settings(platform)))
}

/** How one product delivers the bundle. */
export interface RunBook {
  readonly mdm: Mdm
  readonly title: string
  readonly sections: (context: RunBookContext) => readonly Section[]
  /** Pages that were looked at, each with the date of the copy. */
  readonly sources: readonly string[]
}

/** A part of a step that is no file of the bundle. */
interface PlainText {
  readonly plain: string
}

/** A text in a step that is no file of the bundle; texts from the policy have gone through `markdownText`. */
export function plain(text: string): PlainText {
  return { plain: text }
}

/** A step from a text with paths of bundle files in it: step`Upload ${bundlePaths.desktopProfile}.` */
export function step(parts: TemplateStringsArray, ...values: (string | PlainText)[]): Step {
  const shown = values.map((value) => (typeof value === 'string' ? `\`${value}\`` : value.plain))
  const text = parts.map((part, index) => `${index === 0 ? '' : shown[index - 1]}${part}`).join('')
  return { text, files: values.filter((value) => typeof value === 'string') }
}

/** The page. */
export function renderRunBook(book: RunBook, context: RunBookContext, opening: readonly string[]): string {
  return [
    `# ${book.title}`,
    ...opening,
    ...renderSections(book.sections(context), context.has),
    '## Sources',
    [...sharedSources, ...book.sources].map((source) => `- ${source}`).join('\n'),
    '',
  ].join('\n\n')
}

/** The sections with their possible steps, numbered through, so that people can say how far they are. */
export function renderSections(sections: readonly Section[], has: (path: string) => boolean): string[] {
  let number = 0
  return sections.flatMap(({ title, note, steps }) => {
    const possible = steps.filter(({ files }) => files.every(has))
    if (possible.length === 0) return []
    const lines = possible.map(({ text, block }) => {
      number += 1
      const indent = ' '.repeat(`${number}. `.length)
      const code = block
        ? ['', `\`\`\`${block.language}`, ...block.text.trimEnd().split('\n'), '```'].map((line) =>
            `\n${indent}${line}`.trimEnd(),
          )
        : []
      return `${number}. ${text}${code.join('')}`
    })
    return [`## ${title}`, ...(note === undefined ? [] : [note]), lines.join('\n')]
  })
}

const sharedSources = [
  'https://code.claude.com/docs/en/managed-settings (2026-08-22 and October 2026)',
  'https://code.claude.com/docs/en/monitoring-usage (2026-08-22)',
  'https://claude.com/docs/third-party/claude-desktop/mdm (August 2026)',
] as const
