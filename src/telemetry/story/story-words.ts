import type { Get } from './story-events.js'
import { numberOf } from './story-value.js'

/** `3 hooks`, `1 hook`; what is no number stays as it is. */
export function countOf(text: string, noun: string): string {
  const count = numberOf(text)
  if (Number.isNaN(count)) return text === '' ? `${noun}s` : `${text} ${noun}s`
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Milliseconds as people say them: `23 ms`, `1.2 s`, `3 min 5 s`; '' for what is no number. */
export function durationText(text: string): string {
  const milliseconds = numberOf(text)
  if (Number.isNaN(milliseconds)) return ''
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.floor(minutes / (24 * 60))} d ${Math.floor(minutes / 60) % 24} h`
}

export function tokensText(get: Get): string {
  const parts = [
    ['input_tokens', 'in'],
    ['output_tokens', 'out'],
    ['cache_read_tokens', 'from cache'],
    ['cache_creation_tokens', 'into cache'],
  ] as const
  const told = parts.filter(([name]) => numberOf(get(name)) > 0)
  return told.length === 0
    ? ''
    : `tokens ${told.map(([name, word]) => `${grouped(numberOf(get(name)))} ${word}`).join(', ')}`
}

/** The cost of a request in millionths of a dollar, which the client estimates; NaN where it is not told. */
export function costMicros(get: (name: string) => string | undefined): number {
  const micros = numberOf(get('cost_usd_micros'))
  // A cost in dollars is a decimal fraction that binary numbers cannot hold: the sum is taken over whole millionths.
  return Number.isNaN(micros) ? Math.round(numberOf(get('cost_usd')) * 1e6) : Math.round(micros)
}

export function moneyText(get: Get): string {
  const micros = costMicros(get)
  return Number.isNaN(micros) ? '' : `about ${dollars(micros)}`
}

/** `$0.0123`: at least cents, and as many digits as it takes. */
export function dollars(micros: number): string {
  const [whole = '0', decimals = ''] = (micros / 1e6).toFixed(6).split('.')
  return `$${grouped(Number(whole))}.${decimals.replace(/0{1,4}$/, '')}`
}

/** Digits in groups, the same in every locale. */
export function grouped(count: number): string {
  return String(count).replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','))
}
