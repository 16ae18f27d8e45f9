import { expect, test } from 'vitest'
import { sources } from '../../src/sources/index.js'
import { recognise } from '../../src/sources/recognise.js'
import { recogniseUnsupported, unsupported } from '../../src/sources/unsupported.js'

const csv = (header: string) => `${header}\n${header.replace(/[^,;]+/g, 'x')}\n`

const examples: readonly (readonly [string, string])[] = [
  ['intune-app-aggregate', csv('ApplicationId,ApplicationKey,ApplicationName,ApplicationVersion,DeviceCount,Platform')],
  ['intune-remediation', csv('DeviceName,DetectionStatus,PreRemediationDetectionScriptOutput,UPN')],
  ['intune-script-states', csv('DeviceId,DeviceName,PolicyId,RunState,UPN')],
  ['intune-script-states', csv('DeviceName,PolicyResultDetail,UPN')],
  ['jamf-mobile-search', csv('Display Name,JSS Mobile Device ID,Serial Number')],
  ['jamf-mobile-search', '<?xml version="1.0"?><mobile_devices><size>0</size></mobile_devices>'],
  ['jamf-school', csv('DeviceUDID;SerialNumber;LastConnected')],
  ['iru-library-items', '{"library_items":[{"name":"x","status":"PASS"}]}'],
  ['iru-device-details', '{"general":{"device_id":"1"},"mdm":{},"kandji_agent":{}}'],
  ['fleetdm-live-policy', csv('host,status')],
  ['fleetdm-software-titles', '{"software_titles":[{"id":1,"name":"Claude.app","hosts_count":3}]}'],
  ['configuration-manager', csv('ResourceID,Name0,DisplayName0,Version0,Publisher0')],
  ['snipe-it', csv('Company,Name,Asset Tag,Checked Out To: Email')],
  ['snipe-it', '{"total":1,"rows":[{"asset_tag":"1","serial":"EXAMPLE1"}]}'],
  ['workspace-one', '{"Devices":[{"SerialNumber":"EXAMPLE1"}],"Page":0,"PageSize":500,"Total":1}'],
  ['manageengine', '{"message_type":"computers","message_response":{"total":0,"computers":[]},"status":"success"}'],
  ['mosyle', '{"status":"OK","response":[{"devices":[],"rows":0}]}'],
  ['addigy', '[{"agentid":"1","Serial Number":"EXAMPLE1","Device Name":"x"}]'],
  ['simplemdm-apps', '{"data":[{"type":"installed_app","id":1,"attributes":{"name":"Claude"}}],"has_more":false}'],
  [
    'simplemdm-devices',
    '{"data":[{"type":"device","id":1,"attributes":{"serial_number":"EXAMPLE1"}}],"has_more":false}',
  ],
  ['tanium', '{"data":{"endpoints":{"edges":[{"node":{"computerID":"1"}}]}}}'],
  ['ninjaone', '{"cursor":{"name":"x"},"results":[{"deviceId":1,"name":"Claude","productCode":""}]}'],
  ['google-devices', '{"devices":[{"name":"devices/1","deviceType":"MAC_OS","lastSyncTime":"x"}]}'],
  ['google-devices', '{"chromeosdevices":[{"serialNumber":"EXAMPLE1"}]}'],
  ['jumpcloud', '[{"system_id":"1","collection_time":"x","name":"Claude.app"}]'],
  ['munkireport', csv('serial_number,name,version,bundleid,bundlename,path')],
  ['automox', '[{"id":1,"name":"x","last_logged_in_user":"A\\\\b","last_refresh_time":"x"}]'],
  ['hexnode', '{"count":1,"next":null,"previous":null,"results":[{"udid":"1","last_reported":"x"}]}'],
  ['lansweeper', csv('AssetName,Domain,softwareName,softwareVersion')],
]

test.each(examples)('%s is told apart from everything that can be read', (id, text) => {
  const recognition = recognise(Buffer.from(text), sources)
  expect('source' in recognition ? recognition.source.id : undefined).toBeUndefined()
  expect(recogniseUnsupported(recognition)?.id).toBe(id)
})

test('every entry has an example, and says what to do', () => {
  expect([...new Set(examples.map(([id]) => id))].sort()).toEqual(unsupported.map(({ id }) => id).sort())
  for (const { what, why, tryThis } of unsupported) {
    expect(what).toMatch(/^(?:an?|the) /)
    expect(why).toMatch(/\.$/)
    expect(tryThis).toMatch(/\.$/)
  }
})

test('an unknown file is not given a name', () => {
  expect(recogniseUnsupported(recognise(Buffer.from('{"hello":1}'), sources))).toBeUndefined()
  expect(recogniseUnsupported(recognise(Buffer.from('one,two\n1,2\n'), sources))).toBeUndefined()
})
