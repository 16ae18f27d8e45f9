import { markdownText } from '../../src/platform/markdown-text.js'
import type { Seen } from './seen.js'

/** The document that `npm run test:client -- --matrix FILE` writes. */
export interface Matrix {
  readonly versions: readonly string[]
  readonly experiments: readonly {
    readonly rule: string
    readonly experiment: string
    readonly about: string
    readonly observed: readonly {
      readonly versions: readonly string[]
      readonly holds: boolean
      readonly bad?: Partial<Seen>
      readonly fixed: Partial<Seen>
    }[]
  }[]
}

/** The matrix as a page: for each rule what clients were seen to do with the settings it finds, and with mended ones. */
export function matrixPage({ versions, experiments }: Matrix): string {
  const claims = experiments.flatMap(({ observed }) =>
    observed.flatMap((group) => group.versions.map(() => group.holds)),
  )
  const rows = experiments.flatMap(({ rule, about, observed }) =>
    observed.map(({ versions: shown, holds, bad, fixed }, index) => {
      const same = shown.length === versions.length ? 'all' : shown.join(', ')
      const cells = [
        index === 0 ? `\`${rule}\`` : '',
        index === 0 ? markdownText(about) : '',
        same,
        bad === undefined ? '' : inWords(bad),
        inWords(fixed),
        holds ? 'yes' : '**no**',
      ]
      return `| ${cells.join(' | ')} |`
    }),
  )
  return `# What Claude Code clients did

Each lint rule whose effect shows in a session has an experiment: settings that the rule finds, the same settings mended, and what real clients were seen to
do with each. Linux x64, headless, offline, managed settings as a file. Versions: ${versions.join(', ')}. ${claims.filter(Boolean).length} of ${claims.length} claims hold.
Versions between two that differ were searched for the first one that changed; the ranges are in \`src/bundle/client-behaviour.ts\`.

Made by \`npm run test:client -- --matrix templates/client-matrix.json\`, which needs Linux, root and the clients from npm; the data is in
\`client-matrix.json\`. A claim that a client does not show fails that run.

| Rule | What it is about | Versions | With what the rule finds | Mended | Holds |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}

/** The facts that a claim is about, in few words. */
function inWords(seen: Partial<Seen>): string {
  return Object.entries(seen)
    .map(([fact, value]) => words[fact as keyof Seen]?.(value as never) ?? `${fact} ${JSON.stringify(value)}`)
    .map((text) => markdownText(text.length > 140 ? `${text.slice(0, 140)} …` : text))
    .join('; ')
}

const list = (values: readonly string[], none: string) => (values.length === 0 ? none : values.join(' + '))

const words: { readonly [Fact in keyof Seen]?: (value: Seen[Fact]) => string } = {
  starts: (value) => (value ? 'starts' : 'refuses to start'),
  complains: (value) => (value ? 'says so' : 'silent'),
  signals: (value) => (value.length === 0 ? 'nothing sent' : `${value.join(' + ')} sent`),
  paths: (value) => `posts to ${list(value, 'nowhere')}`,
  contentTypes: (value) => list(value, 'no body'),
  attributes: (value) =>
    value === null || Object.keys(value).length === 0 ? 'no attributes' : `attributes ${JSON.stringify(value)}`,
  headers: (value) => (Object.keys(value).length === 0 ? 'no header' : `headers ${JSON.stringify(value)}`),
  content: (value) => `content: ${list(value, 'none')}`,
  bypass: (value) => (value ? 'permissions bypassed' : 'no bypass'),
  permissionMode: (value) => `mode ${value ?? 'not told'}`,
  toolOffered: (value) => (value ? 'tool offered' : 'tool not offered'),
  toolRan: (value) => (value ? 'tool runs' : 'tool does not run'),
  hooksRegistered: (value) => `hooks registered: ${list(value, 'none')}`,
  hooksBlocking: (value) => (value === 0 ? 'no hook blocks' : 'hook blocks'),
  hookErrors: (value) => (value === 0 ? 'no hook error' : 'hook error'),
  hooksCancelled: (value) => (value === 0 ? 'no hook cancelled' : 'hook cancelled'),
}
