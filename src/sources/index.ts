import { source as fleetdmHostsApi } from './fleetdm-hosts-api.js'
import { source as fleetdmHostsCsv } from './fleetdm-hosts-csv.js'
import { source as fleetdmReport } from './fleetdm-report.js'
import { source as intuneAllDevices } from './intune-all-devices.js'
import { source as intuneAppInventory } from './intune-app-inventory.js'
import { source as intuneDevices } from './intune-devices.js'
import { source as intuneGraph } from './intune-graph.js'
import { source as intuneRemediationStates } from './intune-remediation-states.js'
import { source as intuneScriptStates } from './intune-script-states.js'
import { source as iruDeviceApps } from './iru-device-apps.js'
import { source as iruDevices } from './iru-devices.js'
import { source as iruLibraryItems } from './iru-library-items.js'
import { source as iruPrism } from './iru-prism.js'
import { source as iruReportCsv } from './iru-report-csv.js'
import { source as jamfClassic } from './jamf-classic.js'
import { source as jamfComputerSearch } from './jamf-computer-search.js'
import { source as jamfComputersApi } from './jamf-computers-api.js'
import { source as osqueryResults } from './osquery-results.js'
import type { Source } from './source.js'

/** Every export format, in the order they are tried. A new one is one file, one fixture folder and one line here. */
export const sources: readonly Source[] = [
  intuneAllDevices,
  intuneDevices,
  intuneAppInventory,
  intuneGraph,
  intuneRemediationStates,
  intuneScriptStates,
  jamfComputersApi,
  jamfComputerSearch,
  jamfClassic,
  iruDevices,
  iruDeviceApps,
  iruPrism,
  iruReportCsv,
  iruLibraryItems,
  fleetdmHostsApi,
  fleetdmHostsCsv,
  fleetdmReport,
  osqueryResults,
]
