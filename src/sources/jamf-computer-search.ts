import type { Source } from './source.js'

/** Jamf's own display fields by inventory section; any other column is an extension attribute. */
export const displayFields: readonly string[] = [
  // General
  'Computer Name, Activation Lock Manageable, Apple Silicon, Asset Tag, Bar Code, Bar Code 1, Bar Code 2',
  'Bluetooth Low Energy Capability, Computer Azure Active Directory ID, Computer Microsoft Entra ID',
  'Conditional Access Inventory State, Declarative Device Management Enabled, Distribution Point',
  'Enrolled via Automated Device Enrollment, Enrollment Method: PreStage enrollment, Enrollment Method',
  'Firewall Enabled, IP Address, iTunes Store Account, JAMF Binary Version, JSS Computer ID, Jamf Pro Computer ID',
  'Last Check-in, Last Enrollment, Last iCloud Backup, Last Inventory Update, Last Reported IP Address',
  'Last Reported IPv4 Address, Last Reported IPv6 Address, Managed, Managed By, Management ID, MDM Capability',
  'MDM Capable Users, MDM Profile Expiration Date, MDM Profile Renewal Needed - CA Renewed, Platform, Site',
  'Software Update Device ID, Supervised, Supports iOS and iPadOS App Installations, UDID, Provisioning UDID',
  'User Approved MDM, User Azure Active Directory ID, User Microsoft Entra ID, User Last Logged in - Computer',
  'User Last Logged in - Computer timestamp, User last logged in - Self Service',
  'User last logged in - Self Service timestamp, Logged in to Jamf Protect',
  // Hardware
  'Architecture Type, Available RAM Slots, Battery Capacity, Battery Health, Boot ROM, Bus Speed MHz, MAC Address',
  'Alternate MAC Address, Wi-Fi MAC Address, Make, Model, Model Identifier, NIC Speed, Number of Processors',
  'Optical Drive, Processor Speed MHz, Processor Type, Serial Number, SMC Version, Total Number of Cores, Total RAM MB',
  // Operating system
  'Active Directory Status, FileVault Status, Master Password Set, Number of Available Updates, Available SWUs',
  'Operating System, Operating System Build, Operating System Name, Operating System Rapid Security Response',
  'Operating System Supplemental Build Version, Operating System Version, Service Pack',
  // Security
  'Activation Lock Enabled, Attestation Status, Bootstrap Token Allowed, Bootstrap Token Escrowed',
  'Disable Automatic Login, External Boot Level, Gatekeeper, Last Attestation Attempt, Last Successful Attestation',
  'Maximum Passcode Age, Minimum Number of Complex Characters, Password History, Password Type',
  'Recovery Lock Enabled, Remote Desktop Enabled, Required Passcode Length, Secure Boot Level',
  'System Integrity Protection, XProtect Definitions Version',
  // User and location, purchasing
  'Building, Department, Email Address, Full Name, Phone Number, Position, Room, Username, AppleCare ID',
  'Lease Expiration, Life Expectancy, PO Date, PO Number, Purchase Price, Purchased or Leased, Purchasing Account',
  'Purchasing Contact, Vendor, Warranty Expiration',
  // Storage
  'Boot Drive Available MB, Boot Drive Percentage Full, Core Storage Partition Scheme on Boot Partition',
  'Disk Encryption Configuration, Drive Capacity MB, FileVault 2 Eligibility, FileVault 2 Enabled',
  'FileVault 2 Individual Key Validation, FileVault 2 Institutional Key, FileVault 2 Personal Recovery Key',
  'FileVault 2 Partition Encryption State, FileVault 2 Recovery Key Type, FileVault 2 Status, FileVault 2 User',
  'S.M.A.R.T. Status, Partition Name',
  // Only in exports: lists, mostly one value per continuation row
  'Account, Apple Package, Application Bundle ID, Application Title, Application Version, Available Update',
  'Cached Package, Cached Packages, Certificate Issuer, Certificate Name, Certificates Expiring, Computer Group',
  'Content Caching - Activated, Content Caching - Active, Content Caching - Actual Cache Used bytes',
  'Content Caching - Cache Limit bytes, Content Caching - Cache Status, Content Caching - Tetherator Status',
  'Device Compliance Integration - Compliance Status, Device Compliance Integration - Registration Status',
  'Font Title, Font Version, Group, iBeacon Region, Jamf Pro Package, Licensed Software, Local User Accounts',
  'Mapped Printers, Packages Installed By Casper, Packages Installed By Installer.app/SWU',
  'Patch Reporting Software Title, Plug-in Title, Plug-in Version, Printer, Profile Identifier, Profile Name',
  'Running Services, Scheduled Tasks, Service, Software Title',
].flatMap((line) => line.split(', '))

/**
 * Jamf Pro computer search (simple, advanced or saved), exported as CSV or TSV. The administrator picks the columns,
 * so there is no fixed header. Column names seen in public exports of Jamf Pro 11.28
 * (https://github.com/tonyyo11/jamf-reports-community, read 2026-11).
 */
export const source: Source = {
  id: 'jamf-computer-search',
  product: 'jamf',
  title: 'Jamf Pro computer search (CSV, TSV)',
  gives: 'endpoints and apps',
  docs: 'https://learn.jamf.com/en-US/bundle/jamf-pro-documentation-current/page/Computer_Extension_Attributes.html',
  howToExport:
    'Jamf Pro: Computers > Search Inventory, open a saved advanced search, Export > CSV or TSV. Show at least the columns below and the extension attributes you need.',
  uses: [
    'Computer Name',
    'Serial Number',
    'JSS Computer ID',
    'UDID',
    'Operating System',
    'Operating System Version',
    'Username',
    'Full Name',
    'Email Address',
    'Department',
    'Site',
    'Building',
    'Group',
    'Last Check-in',
    'Last Inventory Update',
    'Application Title',
    'Application Version',
    'every extension attribute, by name; Fleet probe: probe lines',
  ],
  caveat:
    'Dates carry no zone and are read as UTC. Application columns are read as what is installed, never as proof that an app is absent.',
  formats: [
    {
      kind: 'table',
      matches: (header) =>
        header.has('Computer Name') &&
        (header.has('JSS Computer ID') ||
          header.has('Jamf Pro Computer ID') ||
          header.has('Last Inventory Update') ||
          header.has('Last Check-in')),
      columns: {
        deviceId: ['JSS Computer ID', 'Jamf Pro Computer ID'],
        serial: ['Serial Number'],
        hardwareUuid: ['UDID'],
        hostname: ['Computer Name'],
        os: ['Operating System', 'Operating System Name', 'Platform'],
        // `Operating System` is one text such as `macOS 15.6.1`: better than no version at all.
        osVersion: ['Operating System Version', 'Operating System'],
        user: ['Username', 'Full Name'],
        email: ['Email Address'],
        department: ['Department'],
        site: ['Site', 'Building'],
        group: ['Group', 'Computer Group'],
        // An inventory update is a contact too: it serves where the check-in column was not chosen.
        lastSeen: ['Last Check-in', 'Last Inventory Update'],
        appsAsOf: ['Last Inventory Update'],
        'app.name': ['Application Title'],
        'app.version': ['Application Version'],
        'app.bundleId': ['Application Bundle ID'],
      },
      // The search may be limited to some apps, and nothing in the file says so.
      appList: 'partial',
      continuationRows: true,
      extensionAttributes: { notNamed: displayFields, asOf: 'Last Inventory Update' },
    },
  ],
}
