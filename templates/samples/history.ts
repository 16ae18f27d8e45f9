import { EndpointsText } from '../../src/history/endpoints-text.js'
import { encodeRecord } from '../../src/history/record.js'
import { judgedEndpoint, snapshotHead } from '../../src/history/snapshot-of-scan.js'
import { isoTime } from '../../src/platform/clock.js'
import type { Input } from '../../src/platform/input.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { scan } from '../../src/readiness/scan.js'
import { scanHead } from '../../src/readiness/scan-document.js'
import { chosenGates } from '../../src/report/scan-run.js'
import { sources } from '../../src/sources/index.js'
import { asOf, day, type Machine } from './company.js'
import { earlier, earliestWeek } from './earlier.js'
import { Random } from './random.js'

/**
 * What five scans on the Fridays before, and the one of today, have left in the history of the sample company. Only in the
 * exports of today a page is missing.
 */
export async function sampleHistory(
  machines: readonly Machine[],
  exportsOf: (machines: readonly Machine[], pages: number[]) => Readonly<Record<string, string>>,
  policyFile: string,
): Promise<string> {
  const policy = { ...(await loadPolicy(policyFile)), file: 'fleet.yaml' }
  const lines: string[] = []
  for (let weeks = earliestWeek; weeks >= 0; weeks--) {
    const time = asOf - weeks * 7 * day
    const folder = `exports/${isoTime(time).slice(0, 10)}`
    const endpoints = new EndpointsText()
    const result = await scan({
      inputs: Object.entries(exportsOf(earlier(machines, weeks), weeks === 0 ? [0, 1] : [0, 1, 2])).map(
        ([name, text]) => inputOf(`${folder}/${name}`, text),
      ),
      unreadable: [],
      skipped: [],
      policy,
      gates: chosenGates(policy),
      asOf: time,
      onVerdict: (endpoint, verdict) => endpoints.add(judgedEndpoint(endpoint, verdict)),
      stopAtProblem: false,
      read: { sources, mappings: [] },
    })
    const head = snapshotHead(scanHead(result), { fleet: '0.1.0', recordedAt: isoTime(time + 6.5 * 3_600_000) })
    lines.push(
      encodeRecord(new Random(`scan ${weeks} weeks before`).guid(), { head, endpoints: endpoints.end() }).toString(
        'utf8',
      ),
    )
  }
  return lines.join('')
}

function inputOf(name: string, text: string): Input {
  const bytes = Buffer.from(text)
  return {
    name,
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
}
