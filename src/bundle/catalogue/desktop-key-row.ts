import { deprecationEnd } from './desktop-deprecations.js'
import type { DesktopKey, DesktopKeyType } from './desktop-keys.js'

/** Pages and the day of the copy that was read; a copy dated by a span counts from its first day. */
const reference = {
  grade: 'A',
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration',
  checked: '2026-08-18',
} as const
const changelog = {
  grade: 'A',
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration-changelog',
  checked: '2026-09-05',
} as const
const enterprise = {
  grade: 'A',
  source: 'https://support.claude.com/en/articles/12622667-enterprise-configuration-for-claude-desktop',
  checked: '2026-08-06',
} as const
/** The schema of the shipped app as another project wrote it down; `scope` there is our deployment. */
export const schema = {
  grade: 'B',
  source: 'https://github.com/patrickjaja/claude-desktop-extra/blob/master/js/extra_settings_main.js',
  checked: '2026-09-10',
} as const
export const inactive = { ...schema, grade: 'C', note: 'The schema marks it as not active yet.' } as const

type Rest = Partial<Omit<DesktopKey, 'name' | 'type' | 'deployment'>>

/** Makes rows that share a deployment and a page; a row's own fields win. */
export function key(deployment: DesktopKey['deployment'], page: Pick<DesktopKey, 'grade' | 'source' | 'checked'>) {
  return (name: string, type: DesktopKeyType, rest: Rest = {}): DesktopKey => ({
    name,
    type,
    deployment,
    ...page,
    ...rest,
  })
}

export const both = key('both', reference)
export const bothLater = key('both', changelog)
export const signIn = key('first-party', enterprise)
export const signInSchema = key('first-party', { ...schema })
export const gateway = key('third-party', reference)
export const gatewayLater = key('third-party', changelog)
export const gatewaySchema = key('third-party', { ...schema })
export const served = { bootstrap: true } as const
export const managedOnly = { bootstrap: false } as const
export const secret = { ...served, secret: true } as const
export const behaviour = { ...served, appBehaviour: true } as const

/** Sources do not say which release brought these; they were in the schema of this one. */
export const seenIn = (release: string) => ({ firstRelease: 'not-stated', seenIn: release }) as const
export const retired = (use: string | undefined, after: string) => ({
  deprecated: { since: '1.40609.0', ...(use === undefined ? {} : { use }), until: deprecationEnd, after },
})
