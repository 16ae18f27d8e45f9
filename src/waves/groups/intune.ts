import type { GroupFormat } from './group-file.js'
import { lineCell } from './line-cell.js'

/**
 * How many lines one file has at most. Until 2023 the page of the import said that an hour, which is all the time a bulk
 * operation has, is enough for 40,000 members; in June 2026 it names no number and says to split what takes longer.
 * https://learn.microsoft.com/en-us/entra/identity/users/groups-bulk-import-members (2023-04-24 and 2026-06-18).
 */
export const mostDevicesPerFile = 40_000

const columns = ['IntuneDeviceId', 'DeviceName', 'SerialNumber', 'EmailAddress']

/**
 * The devices of a wave by their Intune device id. The bulk import of Entra cannot take them: it wants object ids of
 * Entra, which no export of Intune has, so the guide has a script that looks them up. There is no list of users in their
 * place: a group of users reaches all devices of theirs, also those of other waves.
 */
export const intune: GroupFormat = {
  id: 'intune',
  title: 'Microsoft Intune',
  product: 'intune',
  entry({ deviceIds, hostname, serial, email }) {
    const id = deviceIds.intune
    if (id === undefined || !/^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(id)) return { reason: 'unusable-id' }
    return { value: [id, hostname, serial, email].map((text) => lineCell(text)).join(',') }
  },
  files({ folder }, values) {
    const head = columns.map((text) => lineCell(text)).join(',')
    const parts = Math.ceil(values.length / mostDevicesPerFile)
    return Array.from({ length: parts }, (_, part) => {
      const rows = values.slice(part * mostDevicesPerFile, (part + 1) * mostDevicesPerFile)
      return {
        path: `groups/${folder}/intune-devices${parts === 1 ? '' : `-${part + 1}`}.csv`,
        content: `${head}\n${rows.join('\n')}\n`,
        endpoints: rows.length,
      }
    })
  },
  guide: {
    what: '`intune-devices.csv`: the devices by their Intune device id, with name, serial number and e-mail address for people. **This is not yet the file for the import.** Members of a group are named by the *object id* of the device in Microsoft Entra, which is neither the Intune device id nor the Entra device id, and which no export of Intune holds. The script in step 2 looks the object ids up and writes `entra-members.csv` beside each file.',
    needs: [
      'PowerShell 5.1 or later with the Microsoft Graph module: `Install-Module Microsoft.Graph`.',
      'An account that may read devices (`Device.Read.All`, `DeviceManagementManagedDevices.Read.All`); for the import at least Groups Administrator, or owner of the group.',
    ],
    steps: [
      {
        text: 'In the Intune or the Entra admin center make the group: Groups > New group, type Security, membership type Assigned. Give it the name in the table above.',
      },
      {
        text: 'In the folder of this page run the script. It reads all devices of the tenant once and writes the files for all waves. It was written after the documentation and not tried on a tenant: look at its first file before you go on.',
        block: {
          language: 'powershell',
          text: `Connect-MgGraph -Scopes 'Device.Read.All', 'DeviceManagementManagedDevices.Read.All'
$entra = @{}
Get-MgDevice -All -Property 'id,deviceId' | ForEach-Object { $entra[$_.DeviceId] = $_.Id }
$object = @{}
Get-MgDeviceManagementManagedDevice -All -Property 'id,azureADDeviceId' |
  Where-Object { $_.AzureAdDeviceId } | ForEach-Object { $object[$_.Id] = $entra[$_.AzureAdDeviceId] }
Get-ChildItem -Recurse -Filter 'intune-devices*.csv' | ForEach-Object {
  $rows = @(Import-Csv -Path $_.FullName -Encoding UTF8)
  $ids = @($rows | ForEach-Object { $object[$_.IntuneDeviceId] } | Where-Object { $_ })
  $file = Join-Path $_.DirectoryName ($_.Name -replace '^intune-devices', 'entra-members')
  $head = @('Member object ID or user principal name [memberObjectIdOrUpn] Required')
  Set-Content -Path $file -Value ($head + $ids) -Encoding Ascii
  '{0}: {1} of {2} devices are in Entra' -f $file, $ids.Count, $rows.Count
}`,
        },
      },
      {
        text: 'In the Entra admin center open the group: Members > Bulk operations > Import members. Download the template there and compare its first lines with the file. They must be the same: older templates have a line `version:v1.0` above; the new bulk operations (preview) want the single word `ObjectId` as the first line.',
      },
      {
        text: 'Upload `entra-members.csv`, then each further part. Submit, and look at Bulk operation results: lines that failed stand there with the reason.',
      },
      { text: 'Compare the number of members with the table above, then assign the app or policy to the group.' },
    ],
    caveats: [
      'The import wants at least two lines: add a single device by hand.',
      `Files are split after ${mostDevicesPerFile.toLocaleString('en')} devices, since an import that runs for more than an hour is broken off.`,
      'A device that Intune manages and Entra does not know cannot be a member of a group; the script counts what it found.',
      'There is no file with user principal names: a group of users reaches every device of theirs, also those of later waves.',
      'Without PowerShell: Entra admin center > Devices > All devices > Download devices gives object ids and Entra device ids; the Entra device id of an Intune device stands in the exports of devices from Intune (`ReferenceId`, `Microsoft Entra Device ID`).',
      'After a new plan, take out who has left the wave: Members > Bulk operations > Remove members takes the same kind of file.',
    ],
    sources: [
      'https://learn.microsoft.com/en-us/entra/identity/users/groups-bulk-import-members (2026-06-18): menus, header without a version line, at least two lines, split what takes more than an hour',
      'https://learn.microsoft.com/en-us/intune/intune-service/fundamentals/groups-add (copy looked at 2026-11-21) and https://learn.microsoft.com/en-us/entra/fundamentals/how-to-manage-groups (2025-02-12): making a group',
      'https://learn.microsoft.com/en-us/entra/fundamentals/bulk-operations (2025-11-06): the new bulk operations, column `ObjectId`, Download devices',
      'https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-manageddevice: `id`, `azureADDeviceId`; https://learn.microsoft.com/en-us/graph/api/resources/device: `id` is the object id, `deviceId` another (copies looked at 2026-11-21)',
      'https://learn.microsoft.com/en-us/graph/api/group-post-members: devices can be members of security groups (copy looked at 2026-11-21)',
      'https://learn.microsoft.com/en-us/entra/fundamentals/bulk-operations-service-limitations (2025-12-05): `Get-MgDevice -All`, and adding members by script where the import fails',
    ],
  },
}
