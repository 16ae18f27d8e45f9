import { readProbeLine } from '../health/probe-line.js'
import { byText } from '../platform/by-text.js'
import type { EndpointProbe } from './endpoint.js'
import type { ObservationStore, StoredProbe } from './observation-store.js'
import { compareProbes, type KeptProbe } from './probe-text.js'

interface Candidate {
  readonly probe: StoredProbe
  readonly kept: KeptProbe
  readonly reading: EndpointProbe['reading']
  readonly file: string
}

/** The probe of an endpoint: of several the newest, whatever the order of the files. */
export function endpointProbe(
  store: ObservationStore,
  rows: readonly number[],
  asOf: number,
): EndpointProbe | undefined {
  let best: Candidate | undefined
  for (const row of rows) {
    const probe = store.probe(row)
    if (probe === undefined) continue
    const candidate = read(store, probe, store.file(row).name)
    if (best === undefined || compare(store, candidate, best, asOf) < 0) best = candidate
  }
  if (best === undefined) return undefined
  const { probe, kept, reading, file } = best
  return {
    reading,
    receipt: { file, record: probe.record, field: store.texts.text(probe.field), value: kept.text },
    asOf: Number.isNaN(probe.asOf) ? undefined : probe.asOf,
  }
}

function read(store: ObservationStore, probe: StoredProbe, file: string): Candidate {
  const text = store.names.text(probe.text)
  if (probe.kind !== 'line')
    return { probe, kept: { kind: probe.kind, text, at: Number.NaN }, reading: { kind: probe.kind }, file }
  const reading = readProbeLine(text)
  if (reading.kind !== 'line') throw new Error('A probe line that was kept cannot be read again.')
  return { probe, kept: { kind: 'line', text, at: Date.parse(reading.facts.at), word: reading.word }, reading, file }
}

function compare(store: ObservationStore, a: Candidate, b: Candidate, asOf: number): number {
  const order = compareProbes(a.kept, b.kept, asOf)
  if (order !== 0) return order
  const taken = (probe: StoredProbe) => (Number.isNaN(probe.asOf) ? Number.NEGATIVE_INFINITY : probe.asOf)
  const [takenA, takenB] = [taken(a.probe), taken(b.probe)]
  if (takenA !== takenB) return takenB - takenA
  return (
    byText(a.file, b.file) ||
    byText(store.texts.text(a.probe.field), store.texts.text(b.probe.field)) ||
    a.probe.record - b.probe.record
  )
}
