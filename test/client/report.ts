import { isDeepStrictEqual } from 'node:util'
import type { Experiment } from './experiment.js'
import type { Result } from './matrix.js'

/** Rule by rule and version by version what holds, as aligned lines. */
export function formatResults(results: readonly Result[], versions: readonly string[]): string {
  const labels = results.map((result) => `${result.rule}  ${result.experiment}`)
  const width = Math.max(...labels.map((label) => label.length)) + 2
  const lines = [''.padEnd(width) + versions.map((version) => version.padEnd(9)).join('')]
  for (const label of new Set(labels)) {
    const row = results.filter((_, index) => labels[index] === label)
    const cells = versions.map((version) => {
      const result = row.find((one) => one.version === version)
      return (result === undefined ? '-' : result.holds ? 'holds' : 'DIFFERS').padEnd(9)
    })
    lines.push((label.padEnd(width) + cells.join('')).trimEnd())
    for (const result of row) {
      lines.push(...result.differences.map((difference) => `    ${result.version} ${difference}`))
    }
  }
  return lines.join('\n')
}

/** The results as a document without times or paths; versions that showed the same stand together. */
export function matrixDocument(
  experiments: readonly Experiment[],
  results: readonly Result[],
  versions: readonly string[],
): string {
  const rows = experiments.map(({ rule, id, about }) => ({
    rule,
    experiment: id,
    about,
    observed: grouped(results.filter((result) => result.rule === rule && result.experiment === id)),
  }))
  return `${JSON.stringify({ product: 'Claude Code', platform: 'linux-x64', versions, experiments: rows }, undefined, 2)}\n`
}

function grouped(results: readonly Result[]) {
  const groups: { versions: string[]; holds: boolean; bad?: unknown; fixed: unknown }[] = []
  for (const { version, holds, bad, fixed } of results) {
    const seen = { holds, ...(bad === undefined ? {} : { bad }), fixed }
    const same = groups.find(({ versions: _, ...group }) => isDeepStrictEqual(group, seen))
    if (same === undefined) groups.push({ versions: [version], ...seen })
    else same.versions.push(version)
  }
  return groups
}
