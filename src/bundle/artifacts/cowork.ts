import type { Telemetry } from '../../policy/telemetry.js'
import type { Artifact, BundleFile } from '../artifact.js'
import { coworkPage } from '../cowork/page.js'
import { type CoworkSettings, coworkSettings } from '../cowork/settings.js'
import { readJsonText, writeJsonText } from '../formats/json-text.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'

/** What to enter in the admin console for Cowork: as data, and as a page to follow. */
export const cowork: Artifact = {
  id: 'cowork',
  title: 'Cowork admin console',
  files: (plan): BundleFile[] => {
    const { telemetry, claudeDesktop } = plan.loaded.policy
    // A third-party deployment has no admin console: Claude Desktop's own policy keys say it there.
    if (telemetry === undefined || claudeDesktop?.deployment === 'third-party') return []
    const settings = coworkSettings(plan, telemetry)
    warnOfGaps(plan, telemetry, settings)
    const data = { ...settings }
    return [
      {
        path: bundlePaths.coworkJson,
        content: writeJsonText(data),
        mode: 0o644,
        secret: false,
        about: 'What to enter for Cowork in the admin console, as data',
        readBack: (bytes) => readJsonText(bytes).value,
        data,
      },
      {
        path: bundlePaths.coworkPage,
        content: coworkPage(plan, settings),
        mode: 0o644,
        secret: false,
        about: 'What to enter for Cowork in the admin console, step by step',
      },
    ]
  },
}

function warnOfGaps(plan: BundlePlan, telemetry: Telemetry, settings: CoworkSettings): void {
  if (telemetry.protocol === 'grpc')
    plan.warn({
      code: 'cowork-grpc',
      message: `Cowork does not export over gRPC: enter http/protobuf and ${settings.endpoint} for it, and let the collector take OTLP over HTTP there.`,
    })
  if (settings.reachable === false)
    plan.warn({
      code: 'cowork-loopback',
      message:
        'The telemetry endpoint is on loopback: Cowork runs in a virtual machine or in the cloud and cannot reach it.',
    })
  if (telemetry.privacy !== 'raw' && !settings.contentSwitch.inThisBundle)
    plan.warn({
      code: 'cowork-content',
      message: `Cowork may export prompts and tool content above the tier ${telemetry.privacy}: this bundle cannot set otlpContentCapture for the Desktop versions out there, so only the collector takes it out.`,
    })
}
