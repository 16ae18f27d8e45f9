import { hash } from 'node:crypto'
import { byText } from '../platform/by-text.js'
import type { Candidate } from './candidate.js'
import { sortablePairs } from './sortable-pairs.js'

/**
 * SHA-256 of a text under a campaign, one character for each byte. In one call: `createHash` takes five times as long
 * (https://nodejs.org/docs/latest-v20.x/api/crypto.html#cryptohashalgorithm-data-outputencoding, since 20.12).
 */
function campaignHash(campaign: string, text: string): string {
  return hash('sha256', `${campaign}\0${text}`, 'binary')
}

/** A number in the open interval from 0 to 1 that a campaign gives to a text. */
export function campaignFraction(campaign: string, text: string): number {
  return (firstWord(campaignHash(campaign, text)) + 0.5) / 2 ** 32
}

/**
 * Indexes of the candidates in the order of their hashes under a campaign. A serial number is the same in any case, and
 * however an export composes its letters.
 */
export function hashOrder(candidates: readonly Candidate[], campaign: string): Uint32Array {
  const hashOf = (index: number) => campaignHash(campaign, normalId(candidates[index]!.id))
  const sorted = sortablePairs(candidates.length)
  for (let index = 0; index < candidates.length; index += 1) {
    sorted.put(index, firstWord(hashOf(index)), index)
  }
  sorted.sort(0, candidates.length)
  const order = new Uint32Array(candidates.length)
  for (let at = 0; at < order.length; at += 1) order[at] = sorted.low(at)
  const byAllOfIt = (a: number, b: number) =>
    byText(hashOf(a), hashOf(b)) || byText(candidates[a]!.id, candidates[b]!.id)
  // Of a million, about two hundred share their first 32 bits with another: these are hashed once more.
  for (let from = 0, to = 1; from < order.length; from = to, to += 1) {
    while (to < order.length && sorted.high(to) === sorted.high(from)) to += 1
    if (to - from > 1) order.subarray(from, to).sort(byAllOfIt)
  }
  return order
}

export function normalId(id: string): string {
  return id.trim().normalize('NFC').toLowerCase()
}

/** The first 32 bits of a hash as a number. */
function firstWord(hashed: string): number {
  const byte = (at: number) => hashed.charCodeAt(at)
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
}
