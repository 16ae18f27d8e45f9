import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  evidenceDocument,
  type GatheredTelemetry,
  type KnownInventory,
  telemetryOfFiles,
  telemetryQuery,
} from '../../../src/telemetry/evidence.js'
import { EvidenceDocument } from '../../../src/telemetry/evidence-document.js'
import { findTelemetry } from '../../../src/telemetry/find-telemetry.js'
import { readKnownEndpoints } from '../../../src/telemetry/known-endpoints.js'
import { fileWith, scanDocumentOf } from '../planning.js'
import { fleetPolicy } from './fleet-policy.js'
import { fleetAsOf, fleetSince, type MadeUpFleet } from './made-up-fleet.js'

export type Files = Readonly<Record<string, string | Uint8Array>>

export interface Gathered {
  readonly telemetry: GatheredTelemetry
  readonly document: EvidenceDocument
}

/** Reads files as `fleet evidence` does: from a folder, through every public function, to the document. */
export async function gather(files: Files, fleet: MadeUpFleet): Promise<Gathered> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-telemetry-'))
  try {
    mkdirSync(join(folder, 'archive'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'archive', name), content)
    const request = {
      policy: fleetPolicy,
      inventory: await knownInventory(fleet),
      asOf: fleetAsOf,
      since: fleetSince,
      until: fleetAsOf,
    }
    const found = await findTelemetry([join(folder, 'archive')])
    const telemetry = await telemetryOfFiles(found, telemetryQuery(request))
    const document = evidenceDocument(telemetry, request)
    return { telemetry, document: EvidenceDocument.parse(JSON.parse(JSON.stringify(document))) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The endpoints of a fleet, read from a scan of it. */
export async function knownInventory(fleet: MadeUpFleet): Promise<KnownInventory> {
  const scan = fileWith(scanDocumentOf(fleet.endpoints.map(({ entry }) => entry)))
  return { file: 'scan.json', ...(await readKnownEndpoints(scan)) }
}
