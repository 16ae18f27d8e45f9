/**
 * The variables that a device management service fills in when it delivers a profile. A variable that is not one puts
 * its own name into telemetry, so only what a document shows is listed. Mosyle is missing because none was found.
 *
 * Two limits hold everywhere: whoever signs a profile cannot let the service fill it in, since that breaks the
 * signature; and a value is put in as it is, never percent-encoded. One blank in a value loses every resource attribute
 * in Claude Code before 2.1.251 (observed 2026-11-21), which is what `safe` is about.
 */

/** A service whose variables are known. Iru was called Kandji. */
export type PayloadVariableService = 'jamf-pro' | 'intune' | 'iru' | 'fleetdm' | 'workspace-one'

/** What a variable tells about an endpoint. The `-id` forms are numbers that the service gave to a name. */
export type EndpointAttribute =
  | 'serial'
  | 'hostname'
  | 'email'
  | 'department'
  | 'department-id'
  | 'site'
  | 'site-id'
  | 'building'
  | 'building-id'
  | 'asset-tag'
  | 'user'

export type PayloadChannel = 'apple-profile' | 'windows-profile'

export interface PayloadVariable {
  readonly mdm: PayloadVariableService
  readonly attribute: EndpointAttribute
  /** As it is written into the profile. */
  readonly variable: string
  readonly channel: PayloadChannel
  /** Whether every value it can have stands in an attribute list without encoding. */
  readonly safe: boolean
  readonly limits: readonly string[]
  readonly source: string
  /** The day a stored copy of the page was read; `copyDated` is the date on that copy. */
  readonly checked: string
  readonly copyDated?: string
  /** `A`: the vendor's own document. `B`: somebody else's. */
  readonly grade: 'A' | 'B'
}

/** What holds for every variable, for the run-book. */
export const payloadVariableLimits: readonly string[] = [
  'Do not sign a profile that holds a variable: the service cannot fill in what is signed.',
  'The value is not percent-encoded. A name with a blank, a comma or a letter outside ASCII loses all attributes in Claude Code before 2.1.251.',
  'Read the delivered profile on one device before it goes to all of them.',
]

const read = { channel: 'apple-profile', checked: '2026-11-21' } as const
const appleSerial = 'Virtual machines can report serial numbers with other characters.'

const jamf = {
  ...read,
  mdm: 'jamf-pro',
  grade: 'A',
  source: 'https://learn.jamf.com/bundle/jamf-pro-documentation-current/page/Computer_Configuration_Profiles.html',
  copyDated: '2025-07-31',
  limits: ['Names of variables are case-sensitive.'],
} as const
/** A copy of Jamf's table that still shows the variables which the copy of Jamf's page above had lost. */
const jamfTable = {
  ...read,
  mdm: 'jamf-pro',
  grade: 'B',
  source: 'https://gist.github.com/rtrouton/8e0e369605d0256afebd5da4afdca4f3',
  limits: jamf.limits,
} as const

const intuneLimits = [
  'Only in custom macOS profiles (.mobileconfig); nothing says that Windows profiles expand it.',
  'Names of variables are case-sensitive and not validated: {{SerialNumber}} stays as text.',
  '{{ and }} are reserved for variables, and JSON text in the same profile can hold them by chance.',
]
const noIntuneUser = 'Nothing says what it becomes on a Mac without a user.'
const intune = {
  ...read,
  mdm: 'intune',
  grade: 'A',
  source: 'https://learn.microsoft.com/en-us/intune/intune-service/configuration/custom-settings-macos',
  copyDated: '2024-02-28',
} as const

const iru = {
  ...read,
  mdm: 'iru',
  grade: 'A',
  source: 'https://github.com/kandji-inc/support/blob/main/Global%20Variables/Global%20Variables.mobileconfig',
  limits: ['In custom profiles.'],
} as const

const fleet = {
  ...read,
  mdm: 'fleetdm',
  grade: 'A',
  source: 'https://fleetdm.com/guides/built-in-variables',
  copyDated: '2026-04-08',
} as const
const fleetPremium = 'Fleet Premium only.'
const fleetUser = 'A host without a user from the identity provider does not get the profile, or keeps the old one.'
const fleetWindowsSerial = 'Firmware puts blanks and placeholders into Windows serial numbers.'

const workspaceOne = { ...read, mdm: 'workspace-one' } as const

/** Every variable that a document shows, by service and attribute. */
export const payloadVariables: readonly PayloadVariable[] = [
  {
    ...fleet,
    attribute: 'department',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_DEPARTMENT',
    safe: false,
    limits: [fleetPremium, fleetUser],
  },
  {
    ...fleet,
    attribute: 'department',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_DEPARTMENT',
    channel: 'windows-profile',
    safe: false,
    limits: [fleetPremium, fleetUser],
  },
  {
    ...fleet,
    attribute: 'email',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_USERNAME',
    safe: false,
    limits: [fleetPremium, fleetUser, 'It is the user name, which need not be an e-mail address.'],
  },
  {
    ...fleet,
    attribute: 'email',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_USERNAME',
    channel: 'windows-profile',
    safe: false,
    limits: [fleetPremium, fleetUser, 'It is the user name, which need not be an e-mail address.'],
  },
  {
    ...fleet,
    attribute: 'serial',
    variable: '$FLEET_VAR_HOST_HARDWARE_SERIAL',
    safe: true,
    limits: [fleetPremium, appleSerial],
  },
  {
    ...fleet,
    attribute: 'serial',
    variable: '$FLEET_VAR_HOST_HARDWARE_SERIAL',
    channel: 'windows-profile',
    safe: false,
    limits: [fleetPremium, fleetWindowsSerial],
  },
  {
    ...fleet,
    attribute: 'user',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_USERNAME_LOCAL_PART',
    safe: false,
    limits: [fleetPremium, fleetUser],
  },
  {
    ...fleet,
    attribute: 'user',
    variable: '$FLEET_VAR_HOST_END_USER_IDP_USERNAME_LOCAL_PART',
    channel: 'windows-profile',
    safe: false,
    limits: [fleetPremium, fleetUser],
  },
  {
    ...intune,
    attribute: 'email',
    variable: '{{mail}}',
    safe: false,
    limits: [...intuneLimits, noIntuneUser],
  },
  { ...intune, attribute: 'serial', variable: '{{serialnumber}}', safe: true, limits: [...intuneLimits, appleSerial] },
  {
    ...intune,
    attribute: 'user',
    variable: '{{partialupn}}',
    safe: false,
    limits: [...intuneLimits, noIntuneUser, 'It is the part of the user principal name before the @.'],
  },
  { ...iru, attribute: 'asset-tag', variable: '$ASSET_TAG', safe: false },
  { ...iru, attribute: 'department', variable: '$DEPARTMENT', safe: false },
  { ...iru, attribute: 'email', variable: '$EMAIL', safe: false },
  { ...iru, attribute: 'hostname', variable: '$DEVICE_NAME', safe: false },
  { ...iru, attribute: 'serial', variable: '$SERIAL_NUMBER', safe: true, limits: [...iru.limits, appleSerial] },
  { ...jamfTable, attribute: 'building', variable: '$BUILDINGNAME', safe: false },
  { ...jamfTable, attribute: 'building-id', variable: '$BUILDINGID', safe: true },
  { ...jamf, attribute: 'department', variable: '$DEPARTMENTNAME', safe: false },
  { ...jamf, attribute: 'department-id', variable: '$DEPARTMENTID', safe: true },
  {
    ...jamf,
    attribute: 'email',
    variable: '$EMAIL',
    safe: false,
    source: 'https://github.com/jamf/Setup-Manager/blob/main/ConfigurationProfile.md',
    copyDated: '2026-02-05',
  },
  { ...jamf, attribute: 'hostname', variable: '$COMPUTERNAME', safe: false },
  { ...jamfTable, attribute: 'serial', variable: '$SERIALNUMBER', safe: true, limits: [...jamf.limits, appleSerial] },
  { ...jamf, attribute: 'site', variable: '$SITENAME', safe: false },
  { ...jamfTable, attribute: 'site-id', variable: '$SITEID', safe: true },
  {
    ...jamfTable,
    attribute: 'user',
    variable: '$USERNAME',
    safe: false,
    limits: [...jamf.limits, 'In a user-level profile it is whoever logs in, not the user that Jamf Pro has assigned.'],
  },
  {
    ...workspaceOne,
    attribute: 'email',
    variable: '{EmailAddress}',
    safe: false,
    grade: 'A',
    source:
      'https://github.com/vmware-samples/euc-samples/blob/master/UEM-Samples/Profiles/macOS/Microsoft%20Office%202016/Microsoft-Office-2016.md',
    copyDated: '2024-05-13',
    limits: ['In a Custom Settings payload.'],
  },
  {
    ...workspaceOne,
    attribute: 'serial',
    variable: '{DeviceSerialNumber}',
    safe: true,
    grade: 'B',
    source:
      'https://github.com/vmware-samples/euc-samples/blob/master/Android-Samples/ReferenceApplications/WS1-Profile-CustomSettings-Android-Reference-App/WS1-Profile.xml',
    copyDated: '2024-05-13',
    limits: [
      "In a Custom Settings payload. The vendor's sample is an Android profile; guides by others use it on macOS.",
      appleSerial,
    ],
  },
]

/** The variable for an attribute, or undefined where no document shows one; one bundle for each group does it then. */
export function payloadVariable(
  mdm: PayloadVariableService,
  attribute: EndpointAttribute,
  channel: PayloadChannel = 'apple-profile',
): PayloadVariable | undefined {
  return payloadVariables.find(
    (candidate) => candidate.mdm === mdm && candidate.attribute === attribute && candidate.channel === channel,
  )
}

const jamfOnly =
  'SERIALNUMBER|COMPUTERNAME|SITENAME|SITEID|MANAGEMENTID|FULLNAME|REALNAME|PHONE|POSITION|DEPARTMENTNAME|DEPARTMENTID|BUILDINGNAME|BUILDINGID|ROOM|MACADDRESS|JSSID|PROFILEJSSID|EXTENSIONATTRIBUTE_\\d+'
const iruOnly = 'SERIAL_NUMBER|DEVICE_NAME|DEVICE_ID|ASSET_TAG|PROFILE_UUID|FULL_NAME|EMAIL_PREFIX|DEPARTMENT|JOB_TITLE'
const intuneTokens =
  'userprincipalname|mail|partialupn|accountid|deviceid|userid|username|serialnumber|serialnumberlast4digits|udidlast4digits|aaddeviceid'
const workspaceOneValues =
  'Device[A-Za-z]+|EmailAddress|EmailDomain|EmailUserName|Enrollment[A-Za-z]+|UserPrincipalName|FirstName|LastName|GroupIdentifier|CustomAttribute\\d+'

/** Intune and Workspace ONE in any case: a name in the wrong case is just what stays behind. */
const unfilled: readonly (readonly [RegExp, string])[] = [
  [/\{\{Fleet[A-Z][A-Za-z]*\}\}/, 'the install scripts of the bundle'],
  [/\$\{?FLEET_(?:VAR|SECRET|HOST_VITAL)_[A-Z0-9]/, 'Fleet'],
  [new RegExp(`\\{\\{\\s*(?:${intuneTokens})\\s*\\}\\}`, 'i'), 'Intune'],
  [new RegExp(`\\{(?:${workspaceOneValues})\\}`, 'i'), 'Workspace ONE'],
  [new RegExp(`\\$(?:${jamfOnly})(?![A-Za-z0-9_])`), 'Jamf Pro'],
  [new RegExp(`\\$(?:${iruOnly})(?![A-Za-z0-9_])`), 'Iru'],
  [/\$(?:EMAIL|UDID|USERNAME)(?![A-Za-z0-9_])/, 'Jamf Pro or Iru'],
]

/**
 * The service whose variable stands in a value unfilled, or undefined. Also finds one that was percent-encoded on the
 * way in. For values that nobody expands, such as attribute values: in a shell command `$EMAIL` may well be meant.
 */
export function looksUnfilled(value: string): string | undefined {
  const plain = value.replace(/%24/g, '$').replace(/%7B/gi, '{').replace(/%7D/gi, '}')
  return unfilled.find(([pattern]) => pattern.test(plain))?.[1]
}
