import { byText } from '../../platform/by-text.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { safeText } from '../../platform/safe-text.js'
import { idAttributes, type StoryRecord, textOf, type Wanted } from './story-record.js'
import { cutTo } from './story-value.js'

/**
 * The id that was meant: itself where there are records with it, else the one id that begins with it. Undefined where
 * there is none. Throws a Failure that names the ids when it is the beginning of several.
 */
export function resolveId(records: readonly StoryRecord[], wanted: Wanted): string | undefined {
  const ids = new Set(records.map((record) => textOf(record, idAttributes[wanted.kind])))
  if (ids.has(wanted.id)) return wanted.id
  if (ids.size <= 1) return [...ids][0]
  const some = [...ids]
    .sort(byText)
    .slice(0, 5)
    .map((id) => cutTo(id, 100))
  throw new Failure(
    exitCode.inputRefused,
    'ambiguous-id',
    `${ids.size} ${wanted.kind === 'session' ? 'sessions' : 'prompts'} begin with what was given.`,
    { tryThis: [`Give more of the id. Such as: ${some.map(safeText).join(', ')}`] },
  )
}
