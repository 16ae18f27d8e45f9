import { telemetryTo } from './client-environment.js'
import { type CollectorRecord, startCollector } from './collector.js'
import type { DrillDocument } from './drill-document.js'
import { type DrillSettings, loopbackPort } from './drill-settings.js'

/** Where the telemetry of a drill goes, and what of it came to the drill. */
export interface TelemetryReceiver {
  readonly where: DrillDocument['telemetry']['where']
  /** Variables for the client. */
  readonly environment: Record<string, string>
  readonly record: CollectorRecord
  stop(): Promise<void>
}

/**
 * Listens where telemetry can be received without getting in its way: on a port of our own where managed settings name no
 * address, and on the very port they name where that is on this machine and nobody else listens there.
 */
export async function receiveTelemetry(settings: DrillSettings): Promise<TelemetryReceiver> {
  const { endpoints, telemetry, unread } = settings
  // Settings that could not be read may name any address, also above those that could.
  if (unread.length > 0) return { where: 'collector', ...nothing }
  if (telemetry === 'off') return { where: 'off', ...nothing }
  if (endpoints.length === 0 && !settings.policyHelper) {
    const collector = await startCollector()
    return { where: 'own-receiver', environment: telemetryTo(collector.url), ...collector }
  }
  const ports = [...new Set(endpoints.map(loopbackPort))]
  const [port] = ports
  if (ports.length !== 1 || port === undefined) return { where: 'collector', ...nothing }
  try {
    return { where: 'pinned-loopback', environment: {}, ...(await startCollector(port)) }
  } catch {
    // Somebody listens there: that is the collector, and not ours to question.
    return { where: 'collector', ...nothing }
  }
}

const nothing = {
  environment: {},
  record: { requests: [], events: [], metrics: new Set<string>(), resources: [] },
  stop: async () => {},
}
