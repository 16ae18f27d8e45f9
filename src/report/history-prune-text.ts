import { shortRun } from '../history/choose-run.js'
import type { Pruned } from './history-prune-run.js'
import { momentText } from './history-words.js'
import { numbered, shareText } from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextColumn, textLines, textTable } from './text-table.js'
import { countText } from './words.js'

const mostRuns = 20

/** What a prune removed, or would, as an administrator reads it on a terminal. */
export function pruneText(pruned: Pruned, look: TerminalLook): string {
  const { width, paint } = look
  if (!pruned.exists) return `${textLines(`There is no history to prune: ${pruned.file}`, width, 0)}\n`
  const { removed, kept, rubbish, dryRun, bytes, file } = pruned
  const all = removed.length + kept
  const rest = rubbish > 0 ? `, and ${numbered(rubbish, 'line')} that counted for nothing` : ''
  const headline =
    removed.length === 0 && rubbish === 0
      ? `Nothing to remove: ${all === 1 ? 'the run stays' : `all ${countText(all)} runs stay`}.`
      : `${dryRun ? 'Would remove' : 'Removed'} ${countText(removed.length)} of ${numbered(all, 'run')}${rest}; ${countText(kept)} ${dryRun ? 'would stay' : kept === 1 ? 'stays' : 'stay'}.`
  const size =
    bytes === undefined || bytes.before === bytes.after
      ? ''
      : `: ${countText(bytes.before)} → ${countText(bytes.after)} bytes`
  const lines = [
    textLines(headline, width, 0, paint.strong),
    textLines(`${file}${size}${dryRun ? '; nothing was changed' : ''}`, width, 2, paint.faint),
  ]
  return `${[...lines, ...removedTable(pruned, look)].join('\n')}\n`
}

function removedTable({ removed, dryRun }: Pruned, { width, paint }: TerminalLook): string[] {
  if (removed.length === 0) return []
  const columns: TextColumn[] = [
    { head: 'run', whole: true },
    { head: 'as of', whole: true },
    { head: 'recorded', whole: true },
    { head: 'coverage', align: 'right' },
  ]
  const rows = removed
    .slice(0, mostRuns)
    .map(({ run, head }) => [
      shortRun(run),
      momentText(head.asOf),
      momentText(head.recordedAt),
      shareText(head.coverage.inScope.percent),
    ])
  const more = removed.length - rows.length
  return [
    '',
    paint.strong(dryRun ? 'Would go' : 'Gone'),
    textTable(columns, rows, width, paint),
    ...(more > 0 ? [textLines(`${countText(more)} more: --json`, width, 2, paint.faint)] : []),
  ]
}
