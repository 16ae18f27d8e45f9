import type { EndpointEntry } from '../readiness/scan-document.js'
import { meaningOf, reasonText } from './words.js'

type Reason = EndpointEntry['reasons'][number]

/** Why an endpoint is in its state, with the gate or what else tells it apart. */
export function reasonWords({ code, gate, detail }: Reason): string {
  return reasonText({ code, detail: gate ?? detail })
}

/** The place a reason rests on, and what stands there. A record is counted from the first of its file; it is no line. */
export function receiptWords({ file, record, field, value }: NonNullable<Reason['receipt']>): string {
  return `${file}, record ${record}, ${field}: ${value}`
}

/** Everything a reason says, a line each: why, what to do, the receipt. */
export function reasonLines(reason: Reason): string[] {
  const { code, gate, detail, stage, upgradeTo, receipt } = reason
  const more = [gate === undefined ? undefined : detail, stage && stage !== detail ? `stage ${stage}` : undefined]
  const todo = upgradeTo === undefined ? meaningOf(code).todo : `${meaningOf(code).todo} to ${upgradeTo} or newer`
  return [
    [reasonWords(reason), ...more.filter((part) => part !== undefined)].join('; '),
    `  what to do: ${todo}`,
    ...(receipt === undefined ? [] : [`  receipt: ${receiptWords(receipt)}`]),
  ]
}
