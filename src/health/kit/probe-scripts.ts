import { readXml, writeXml, type XmlElement } from '../../platform/xml-element.js'
import { kitPaths, probeName } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import { powerShellProbe } from './power-shell-probe.js'
import { shellProbe } from './shell-probe.js'

/** The scripts that products run themselves, whose output they keep. */
export function probeScripts(plan: KitPlan): readonly KitFile[] {
  return [...jamfPro(plan), ...intune(plan), ...iru(plan)]
}

function jamfPro(plan: KitPlan): KitFile[] {
  if (!plan.mdms.includes('jamf-pro')) return []
  const script = shellProbe(plan.target('macos'), 'result')
  const data = extensionAttribute(script)
  return [
    shellFile(kitPaths.jamfScript, script, `Script of the extension attribute "${probeName}"`),
    {
      path: kitPaths.jamfXml,
      content: writeXml(data, 'UTF-8'),
      mode: 0o644,
      about: 'The whole extension attribute, for the Classic API of Jamf Pro',
      readBack: (bytes) => readXml(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
      data,
    },
  ]
}

/**
 * What `POST /JSSResource/computerextensionattributes/id/0` takes: the form that
 * https://github.com/grahampugh/jamf-upload (JamfExtensionAttributeUploader) and Jamf's own API give and take
 * (looked at 2026-11-21). The page that uploads a file in Jamf Pro reads another form.
 */
function extensionAttribute(script: string): XmlElement {
  const text = (name: string, content: string): XmlElement => ({ name, content })
  return {
    name: 'computer_extension_attribute',
    content: [
      text('name', probeName),
      text('enabled', 'true'),
      text('description', 'Health of Claude and its hooks on this Mac, as one line. Made by fleet probe build.'),
      text('data_type', 'String'),
      {
        name: 'input_type',
        content: [text('type', 'script'), text('platform', 'Mac'), text('script', script)],
      },
      text('inventory_display', 'Extension Attributes'),
      text('recon_display', 'Extension Attributes'),
    ],
  }
}

function intune(plan: KitPlan): KitFile[] {
  if (!plan.mdms.includes('intune')) return []
  const windows = plan.target('windows')
  return [
    powerShellFile(
      kitPaths.intuneDetect,
      powerShellProbe(windows, 'status'),
      'Detection script of the remediation: prints the line, and ends with 1 where something needs repair',
    ),
    powerShellFile(
      kitPaths.intuneRemediate,
      powerShellProbe(windows, 'line'),
      'Remediation script beside it: changes nothing, and prints the line again',
    ),
    shellFile(kitPaths.intuneMac, shellProbe(plan.target('macos'), 'line'), 'Script of the custom attribute for Macs'),
  ]
}

function iru(plan: KitPlan): KitFile[] {
  if (!plan.mdms.includes('iru')) return []
  return [shellFile(kitPaths.iruAudit, shellProbe(plan.target('macos'), 'status'), 'Audit script of a custom script')]
}

export function shellFile(path: string, content: string, about: string): KitFile {
  return { path, content, mode: 0o755, about }
}

export function powerShellFile(path: string, content: string, about: string): KitFile {
  return { path, content, mode: 0o644, about }
}
