import { sha256 } from '../../platform/sha256.js'
import type { Artifact, BundleFile } from '../artifact.js'
import { bundlePaths, endpointPlaces } from '../places.js'
import type { BundlePlan } from '../plan.js'
import { readPowerShellData, readShellData } from '../scripts/data-block.js'
import { fillScriptTemplate } from '../scripts/script-template.js'
import { needsHeadersHelper, plainHeaders, secretHeaders } from '../telemetry-environment.js'

/**
 * Where headers are secret and none is resolved: the helper that clients get them from, and the installer that takes
 * the values on the endpoint. The client runs the helper as the person who is logged in, so a file for root alone would
 * be out of its reach: the administrator says who can read it. Plain headers come along, since whether a client joins
 * static headers with those of a helper is not documented.
 */
export const otelHeaders: Artifact = {
  id: 'otel-headers',
  title: 'Headers for telemetry',
  files: (plan) => {
    if (!needsHeadersHelper(plan)) return []
    const shellHelper = fillScriptTemplate('otel-headers.sh', {
      constants: { HEADERS_FILE: endpointPlaces.linux.headersFile },
      data: {},
    })
    const powerShellHelper = fillScriptTemplate('otel-headers.ps1', {
      constants: { HEADERS_FILE: endpointPlaces.windows.headersFile },
      data: {},
    })
    return [
      {
        path: bundlePaths.headersHelper('linux'),
        content: shellHelper,
        mode: 0o755,
        secret: false,
        about: `Prints the headers of telemetry, on Macs and Linux: ${endpointPlaces.linux.headersHelper}`,
      },
      installer(plan, 'linux', 'install-otel-headers.sh', shellHelper),
      {
        path: bundlePaths.headersHelper('windows'),
        content: powerShellHelper,
        mode: 0o644,
        secret: false,
        about: `Prints the headers of telemetry, on Windows: ${endpointPlaces.windows.headersHelper}`,
      },
      installer(plan, 'windows', 'Install-OtelHeaders.ps1', powerShellHelper),
    ]
  },
}

/** Macs and Linux have the same places, and one script. */
function installer(plan: BundlePlan, platform: 'linux' | 'windows', template: string, helper: string): BundleFile {
  const lines = [
    ...secretHeaders(plan).map(([name]) => `${name}:`),
    ...plainHeaders(plan).map(([name, value]) => `${name}:${value}`),
  ]
  const policy = Buffer.from(`${lines.join('\n')}\n`)
  const helperBytes = Buffer.from(helper)
  return {
    path: bundlePaths.headersInstall(platform),
    content: fillScriptTemplate(template, {
      constants: {
        HEADERS_HELPER: endpointPlaces[platform].headersHelper,
        HEADERS_FILE: endpointPlaces[platform].headersFile,
        HELPER_DIGEST: sha256(helperBytes),
        POLICY_DIGEST: sha256(policy),
      },
      data: { HELPER: helperBytes, POLICY: policy },
    }),
    mode: platform === 'windows' ? 0o644 : 0o755,
    secret: false,
    about: `Puts the headers and their helper on ${platform === 'windows' ? 'Windows' : 'Macs and Linux'}; takes the values from standard input`,
    readBack: (script) =>
      platform === 'windows'
        ? { helper: text(readPowerShellData(script, 'Helper')), policy: text(readPowerShellData(script, 'Policy')) }
        : { helper: text(readShellData(script, 'FLEET_HELPER')), policy: text(readShellData(script)) },
    data: { helper, policy: policy.toString() },
  }
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}
