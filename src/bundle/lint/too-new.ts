import { gt, sort } from 'semver'
import type { KeyPath } from '../formats/read-format.js'
import { clientsIn } from './client-versions.js'
import type { Hit, LintContext } from './rule.js'
import { listed, shown } from './shown-value.js'

/** The oldest client that was tried. What is older than that need not be said where nothing is known of the clients. */
const oldestTried = '2.1.150'

/** Something in a file that clients read from a version on. */
interface Since {
  readonly path: KeyPath
  readonly name: string
  readonly since: string
}

/**
 * What clients out there are too old for: one hit each. Where nothing is known of the clients, one note for all, at the
 * newest: each could be too new for somebody.
 */
export function* tooNew(names: readonly Since[], context: LintContext): Iterable<Hit> {
  if (context.codeVersions.length > 0) {
    for (const { path, name, since } of names) {
      const older = sort([...(clientsIn(context, `<${since}`) ?? [])])
      if (older.length === 0) continue
      const which =
        older.length === 1 ? `${older[0]} ignores` : `${older.length} versions out there (lowest ${older[0]}) ignore`
      yield { path, versions: `<${since}`, message: `${shown(name)} is read from ${since} on: ${which} it.` }
    }
    return
  }
  const late = names.filter(({ since }) => gt(since, oldestTried))
  const newest = sort([...new Set(late.map(({ since }) => since))]).at(-1)
  const at = late.find(({ since }) => since === newest)
  if (at === undefined) return
  const all = listed(late.map(({ name, since }) => `${shown(name)} (${since})`))
  yield {
    path: at.path,
    severity: 'note',
    versions: `<${newest}`,
    message: `Read only from the version in brackets on: ${all}. Which clients are out there is not known.`,
    fix: 'Say which clients there are with --scan or --client; update those that are older.',
  }
}
