import type { ScanHead } from '../../readiness/scan-document.js'

/** Warnings that the numbers may be incomplete, without those that repeat why a file was refused. */
export function doubtsOf({ sources, warnings }: Pick<ScanHead, 'sources' | 'warnings'>): ScanHead['warnings'] {
  const keyOf = (file: string | undefined, code: string | undefined) => JSON.stringify([file, code])
  const refused = new Set(sources.flatMap(({ file, problem }) => (problem ? [keyOf(file, problem.code)] : [])))
  return warnings.filter(({ strict, file, code }) => strict && !refused.has(keyOf(file, code)))
}
