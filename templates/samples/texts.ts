export const policyText = `# yaml-language-server: $schema=../../schemas/fleet.policy.v1.schema.json
# What Acme Instruments wants to be true. Every key that is left out has a default.
organization: Acme Instruments
scope:
  staleAfterDays: 30
  exclude:
    - { group: Kiosks, reason: shared kiosks have no user, until: 2027-06-30 }
target: { coverage: 95, by: 2026-12-18 }
gates: [cowork-otel]

# What fleet settings build makes settings from.
telemetry:
  endpoint: https://otel.acme.example:4318
  headers: { Authorization: env:FLEET_OTLP_AUTHORIZATION }
  privacy: metadata
  resourceAttributes: { organization: acme, environment: prod }
  endpointAttributes: { endpoint.serial: serial, department: department }
hooks:
  required:
    - event: PreToolUse
      matcher: "*"
      command:
        macos: /usr/local/libexec/fleet-hook
        linux: /usr/local/libexec/fleet-hook
        windows: powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "C:\\Program Files\\Fleet\\fleet-hook.ps1"
      timeoutSeconds: 10
  guard:
    deny: [{ tool: Bash, contains: "rm -rf /" }]
permissions:
  deny: ["Read(//**/.env)"]
claudeDesktop:
  settings: { isLocalDevMcpEnabled: false }
delivery: { mdm: [jamf-pro, intune, iru, fleetdm] }

# What fleet plan plans with.
waves:
  pinned: [{ group: Design Studio }]
  last: [{ department: Legal }, { department: People }]
  timeZone: Europe/Berlin
  timeZones: { Osaka: Asia/Tokyo, Austin: America/Chicago }
  blackouts: [{ from: 2026-12-19, to: 2027-01-04, reason: year end }]
  capacity: { perDay: 20 }
`

export const readmeText = `# Acme Instruments

A made-up company with 420 endpoints in four management products, exported on 2026-11-20 at midnight UTC.
No person, serial number, address or identifier in it is real.

    fleet scan templates/samples/acme --as-of 2026-11-20

| File | Product | Holds |
|---|---|---|
| \`DevicesWithInventory_….csv\` | Intune | 239 records: Windows, five phones and tablets |
| \`AppInvRawData_….csv\` | Intune | their apps |
| \`computers-inventory-page-0.json\`, \`…-page-1.json\` | Jamf Pro | 120 Macs with their apps |
| \`jamf-computer-search.csv\` | Jamf Pro | all 132 Macs, with departments, without apps |
| \`devices.json\`, \`installed-apps.csv\` | Iru | 45 Macs of the design studio |
| \`fleetdm-hosts.json\` | Fleet (fleetdm) | 15 Linux workstations |

## The story

Acme wants Cowork to be auditable on 95 % of its endpoints by 2026-12-18. The Finance pilot is done. Logistics hangs on
1.1.3918, one step below the gate, because its MSIX ring was frozen in February and nobody thawed it. Engineering runs
anything from 0.14.1 to the newest 2.x. Nearly half of Sales on Windows is past the gate but has no plugin hooks yet.
The design studio is moving from Jamf to Iru.

## What a good reader finds

- 275 of 379 endpoints in scope are ready: 72.5 %. 55 need an upgrade, 18 are stale, 31 cannot be told.
- Out of scope are 14 kiosks, 5 phones and tablets, and 22 endpoints where Claude Desktop is known to be absent.
- Jamf Pro counts 132 computers, but the pages hold 120. The last page was never fetched: those 12 Macs are unknown,
  not without Claude.
- 36 of the 55 upgrades are the one frozen ring of Logistics.
- 8 Macs are known to Jamf and Iru with different versions. For 3 of them Jamf still says 1.1.3918.
- 3 machines were enrolled in Intune twice. One left its old app list behind, with an old Claude in it.
- ENG-VM-0901 and ENG-VM-0902 share a serial number and are two machines; two more serial numbers are placeholders.
- On 2 personal laptops Intune lists managed apps only: that Claude is not listed proves nothing.
- 5 versions cannot be read: empty, \`No value\`, \`latest\`. 6 endpoints never checked in: the years 1 and 1970 are no dates.
- One Mac has three copies. The new one is in Applications, but the user can still start the old one.
- Claude Console, Claude for Excel, helpers, the browser extension and a community rebuild are not Claude Desktop.
- 4 Windows machines run 1.44121.1, which passes the gate and is known to be bad.

All of it is written by \`npm run samples\`; change \`templates/samples/company.ts\`, not the files here.
`

export const probesReadmeText = `# What the probes of Acme Instruments say

The same company, with the exports that carry the line of the probe (fleet probe build): a saved search of Jamf Pro with
the extension attribute "Fleet probe", and the device status of the remediation in Intune.

    fleet scan templates/samples/acme templates/samples/acme-probes --policy templates/samples/acme/fleet.yaml --as-of 2026-11-20

Most machines are in order. On some the app was not restarted since the settings came, telemetry has no credential, the file
of the hook is missing, settings are from an older policy or lie below settings of the admin console, or tools are used
and no hook is invoked. A few lines are cut off or too old to say anything, and one Mac has an error text in their place.

All of it is written by \`npm run samples\`.
`

export const historyReadmeText = `# The history of Acme Instruments

What \`fleet scan\` has left on six Fridays, from 2026-10-16 to 2026-11-20: one line a scan, with the state and the versions of
every endpoint. The exports of the last Friday are in \`acme\`. They lack a page that those before had: so the
last scan cannot be compared with them without care, and \`fleet history\` says so.

    fleet history --history templates/samples/acme-history
    fleet history diff --history templates/samples/acme-history

All of it is written by \`npm run samples\`.
`
