import { createHash } from 'node:crypto'
import { byText } from '../../src/platform/by-text.js'
import type { Candidate } from '../../src/waves/candidate.js'
import type { OrderOptions } from '../../src/waves/order.js'

interface NamedStratum {
  readonly dimension: number
  readonly names: readonly string[]
  readonly members: readonly Candidate[]
}

function hashOf(campaign: string, text: string): string {
  return createHash('sha256').update(`${campaign}\0${text}`).digest('hex')
}

function idHash(campaign: string, { id }: Candidate): string {
  return hashOf(campaign, id.trim().normalize('NFC').toLowerCase())
}

function groups(candidates: readonly Candidate[], nameOf: (candidate: Candidate) => string): [string, Candidate[]][] {
  const found = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const group = found.get(nameOf(candidate)) ?? []
    found.set(nameOf(candidate), group)
    group.push(candidate)
  }
  return [...found]
}

/** All strata of at least the minimum, the largest first. */
export function strataOf(
  candidates: readonly Candidate[],
  { by, minimum }: Pick<OrderOptions, 'by' | 'minimum'>,
): readonly NamedStratum[] {
  const found: NamedStratum[] = by.flatMap((key, dimension) =>
    groups(candidates, (candidate) => candidate[key]).map(([name, members]) => ({ dimension, names: [name], members })),
  )
  if (by.length > 1) {
    const cells = groups(candidates, (candidate) => JSON.stringify(by.map((key) => candidate[key])))
    found.push(...cells.map(([name, members]) => ({ dimension: by.length, names: JSON.parse(name), members })))
  }
  const byNames = (a: NamedStratum, b: NamedStratum) =>
    a.names.map((name, index) => byText(name, b.names[index]!)).find((order) => order !== 0) ?? 0
  return found
    .filter(({ members }) => members.length >= minimum)
    .sort((a, b) => b.members.length - a.members.length || a.dimension - b.dimension || byNames(a, b))
}

/** The rules of the order once more, without a thought for speed. */
export function referenceOrder(candidates: readonly Candidate[], options: OrderOptions): readonly Candidate[] {
  const { campaign, by } = options
  const byHash = [...candidates].sort((a, b) => byText(idHash(campaign, a), idHash(campaign, b)) || byText(a.id, b.id))
  const strata = strataOf(candidates, options)
  const chosen: Candidate[] = []
  const cellOf = (candidate: Candidate) =>
    candidates.filter((other) => by.every((key) => other[key] === candidate[key])).length
  const isOpen = ({ members }: NamedStratum) => !members.some((member) => chosen.includes(member))
  const values = strata.filter(({ dimension }) => dimension < by.length)
  for (const value of values) {
    const open = values.filter(isOpen)
    if (!open.includes(value)) continue
    const gain = (candidate: Candidate) => open.filter(({ members }) => members.includes(candidate)).length
    const [best] = byHash
      .filter((candidate) => value.members.includes(candidate))
      .sort((a, b) => gain(b) - gain(a) || cellOf(b) - cellOf(a) || byHash.indexOf(a) - byHash.indexOf(b))
    chosen.push(best!)
  }
  const inProportion = (members: readonly Candidate[], depth: number, path: string): readonly Candidate[] => {
    const key = by[depth]
    if (key === undefined) return members
    const fraction = (text: string) => (Number.parseInt(hashOf(campaign, text).slice(0, 8), 16) + 0.5) / 2 ** 32
    const queues = new Map<string, Candidate[]>()
    const circle = groups(members, (candidate) => candidate[key]).flatMap(([name, group]) => {
      const inner = `${path}${key}\0${name}\0`
      queues.set(name, [...inProportion(group, depth + 1, inner)])
      return group.map((_, index) => ({ name, place: (index + 1 - fraction(inner)) / group.length }))
    })
    circle.sort((a, b) => a.place - b.place)
    const turn = Math.floor(fraction(`turn\0${path}`) * circle.length)
    return [...circle.slice(turn), ...circle.slice(0, turn)].map(({ name }) => queues.get(name)!.shift()!)
  }
  const sample = inProportion(byHash, 0, '')
  for (const candidate of sample) {
    if (strata.some((stratum) => stratum.members.includes(candidate) && isOpen(stratum))) chosen.push(candidate)
  }
  return [...chosen, ...sample.filter((candidate) => !chosen.includes(candidate))]
}
