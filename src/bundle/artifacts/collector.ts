import type { Artifact, BundleFile } from '../artifact.js'
import { clientAuthentication } from '../collector/client-authentication.js'
import { clickhouseInClearText, collectorConfig, collectorOf } from '../collector/config.js'
import { collectorPage } from '../collector/page.js'
import { readYaml, writeYaml } from '../formats/yaml-text.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'

/** The configuration of the OpenTelemetry Collector that clients report to, and the page that goes with it. */
export const collector: Artifact = {
  id: 'collector',
  title: 'OpenTelemetry Collector',
  files: (plan): BundleFile[] => {
    const { telemetry } = plan.loaded.policy
    if (telemetry === undefined) {
      if (plan.loaded.policy.collector !== undefined)
        plan.warn({
          code: 'collector-without-telemetry',
          message: 'The policy has a collector and no telemetry: no client would report to it, so none is configured.',
        })
      return []
    }
    warnOfRisks(plan)
    const data = collectorConfig(plan, telemetry)
    return [
      {
        path: bundlePaths.collector,
        content: writeYaml(data),
        mode: 0o644,
        secret: false,
        about: 'OpenTelemetry Collector: what it receives, takes out, and where it keeps it',
        readBack: (bytes) => readYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
        data,
      },
      {
        path: bundlePaths.collectorPage,
        content: collectorPage(plan, telemetry),
        mode: 0o644,
        secret: false,
        about: 'How to run the collector, what it needs, and how to check it',
      },
    ]
  },
}

function warnOfRisks(plan: BundlePlan): void {
  const { telemetry } = plan.loaded.policy
  if (telemetry !== undefined && clientAuthentication(telemetry) === undefined)
    plan.warn({
      code: 'collector-open',
      message:
        'The policy sends no Authorization header, so the collector takes telemetry from everybody who reaches it: add one, or let the network or client certificates decide.',
    })
  if (clickhouseInClearText(collectorOf(plan)))
    plan.warn({
      code: 'clickhouse-clear-text',
      message:
        'The collector would send telemetry to ClickHouse in clear text: use https://, or tcp:// with port 9440.',
    })
}
