import type { Department, Machine } from './company.js'
import { Random } from './random.js'

/** One row of an app list. */
export interface App {
  readonly name: string
  readonly version: string
  readonly publisher?: string
  readonly bundleId?: string
  readonly path?: string
  /** Fleet's word for where the row comes from. */
  readonly table?: string
}

type Entry = readonly [name: string, publisherOrBundleId: string, ...versions: string[]]

const windowsApps: readonly Entry[] = [
  ['Microsoft 365 Apps for enterprise - en-us', 'Microsoft Corporation', '16.0.19328.20158', '16.0.19231.20194'],
  ['Microsoft Edge', 'Microsoft Corporation', '142.0.3595.80', '142.0.3595.65', '141.0.3537.99'],
  ['Microsoft Teams', 'Microsoft Corporation', '25290.205.4069.4894', '25275.2601.4002.2815'],
  ['Microsoft OneDrive', 'Microsoft Corporation', '25.194.1005.0003', '25.184.0921.0004'],
  ['Company Portal', 'Microsoft Corporation', '11.2.1495.0'],
  ['Microsoft Intune Management Extension', 'Microsoft Corporation', '1.95.103.0', '1.94.101.0'],
  ['Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.44.35211', 'Microsoft Corporation', '14.44.35211.0'],
  ['Google Chrome', 'Google LLC', '142.0.7444.176', '142.0.7444.135', '141.0.7390.123'],
  ['WinMerge 2.16.50 x64', 'WinMerge Team', '2.16.50.0'],
  ['Zoom Workplace (64-bit)', 'Zoom Communications, Inc.', '6.6.5.19345', '6.5.9.11873'],
  ['Adobe Acrobat (64-bit)', 'Adobe', '25.001.20844', '25.001.20756'],
  ['Notepad++ (64-bit x64)', 'Notepad++ Team', '8.8.8', '8.7.9'],
  ['Acme Label Printer, 64-bit', 'Acme Instruments', '4.2.0', '4.1.7'],
  ['Étiquettes Acme', 'Acme Instruments', '2.0.1'],
  ['Acme VPN', 'Acme Instruments', '7.3.1', '7.2.0'],
  ['Windows Terminal', 'Microsoft Corporation', '1.23.12811.0'],
  ['PowerToys (Preview) x64', 'Microsoft Corporation', '0.95.1', '0.94.2'],
  ['KeePassXC', 'KeePassXC Team', '2.7.10'],
  ['VLC media player', 'VideoLAN', '3.0.21'],
  ['Slack', 'Slack Technologies Inc.', '4.46.101.0', '4.45.69.0'],
  ['Citrix Workspace 2507', 'Citrix Systems, Inc.', '25.7.0.24'],
  ['Dell Command | Update', 'Dell Inc.', '5.5.0'],
  ['Intel(R) Graphics Software', 'Intel Corporation', '25.35.1665.0'],
  ['Realtek Audio Driver', 'Realtek Semiconductor Corp.', '6.0.9832.1'],
  ['Python 3.13.7 (64-bit)', 'Python Software Foundation', '3.13.7150.0'],
  ['Git', 'The Git Development Community', '2.51.1', '2.49.0'],
]
const macApps: readonly Entry[] = [
  ['Safari.app', 'com.apple.Safari', '26.1', '18.6'],
  ['Mail.app', 'com.apple.mail', '16.0'],
  ['Calendar.app', 'com.apple.iCal', '15.0'],
  ['Terminal.app', 'com.apple.Terminal', '2.15', '2.14'],
  ['Self Service.app', 'com.jamfsoftware.selfservice.mac', '11.21.0'],
  ['Google Chrome.app', 'com.google.Chrome', '142.0.7444.176', '142.0.7444.135'],
  ['Slack.app', 'com.tinyspeck.slackmacgap', '4.46.101', '4.45.69'],
  ['zoom.us.app', 'us.zoom.xos', '6.6.5 (69825)', '6.5.9 (61879)'],
  ['Microsoft Word.app', 'com.microsoft.Word', '16.103', '16.102'],
  ['Microsoft Excel.app', 'com.microsoft.Excel', '16.103', '16.102'],
  ['Microsoft Teams.app', 'com.microsoft.teams2', '25290.302.4044'],
  ['Acme VPN.app', 'example.acme.vpn', '7.3.1', '7.2.0'],
  ['Étiquettes Acme.app', 'example.acme.etiquettes', '2.0.1'],
  ['Visual Studio Code.app', 'com.microsoft.VSCode', '1.106.1', '1.105.1'],
  ['Figma.app', 'com.figma.Desktop', '125.9.10', '125.8.8'],
  ['Rectangle.app', 'com.knollsoft.Rectangle', '0.90'],
  ['The Unarchiver.app', 'com.macpaw.site.theunarchiver', '4.3.9'],
  ['Firefox.app', 'org.mozilla.firefox', '145.0', '144.0.2'],
]
const linuxPackages: readonly Entry[] = [
  ['bash', '', '5.2.21-2ubuntu4'],
  ['openssh-server', '', '1:9.6p1-3ubuntu13.14'],
  ['curl', '', '8.5.0-2ubuntu10.6'],
  ['firefox', '', '1:1snap1-0ubuntu5'],
  ['git', '', '1:2.43.0-1ubuntu7.3'],
  ['python3', '', '3.12.3-0ubuntu2'],
  ['code', '', '1.106.1-1763009642'],
  ['docker-ce', '', '5:29.0.1-1~ubuntu.24.04~noble'],
  ['slack-desktop', '', '4.46.101'],
  ['vim', '', '2:9.1.0016-1ubuntu7.9'],
  ['systemd', '', '255.4-1ubuntu8.11'],
  ['acme-vpn', '', '7.3.1'],
  ['google-chrome-stable', '', '142.0.7444.175-1'],
  ['tmux', '', '3.4-1ubuntu0.1'],
]

const anthropic = 'Anthropic, PBC'
const claudeBundle = 'com.anthropic.claudefordesktop'

/** The managed apps of a personal device: all that Intune shows of it. */
const managedApps = ['Company Portal', 'Microsoft Edge', 'Microsoft Teams', 'Microsoft OneDrive']

export function appsOf(machine: Machine): readonly App[] {
  if (machine.appsAsOf === undefined) return []
  const random = new Random(`apps ${machine.key}`)
  if (machine.mdm === 'fleetdm')
    return byName([...ordinary(linuxPackages, 12, random, linuxApp), ...linuxClaude(machine, random)])
  if (machine.osName === 'macOS') {
    const bySystem = (name: string) =>
      /^(?:Safari|Mail|Calendar|Terminal)/.test(name) ? '/System/Applications' : '/Applications'
    const mac = (name: string, bundleId: string, version: string) => ({
      name,
      bundleId,
      version,
      path: `${bySystem(name)}/${name}`,
    })
    // Self Service is Jamf's own app.
    const entries = macApps.filter(([name]) => machine.mdm === 'jamf' || name !== 'Self Service.app')
    return byName([...ordinary(entries, 12, random, mac), ...macClaude(machine, random)])
  }
  const windows = (name: string, publisher: string, version: string) => ({ name, publisher, version })
  if (machine.osName !== 'Windows') return phoneApps(machine)
  const apps = ordinary(windowsApps, 12, random, windows)
  if (machine.oddity === 'personal') return apps.filter(({ name }) => managedApps.includes(name))
  return byName([...apps, ...windowsClaude(machine, random)])
}

/** The first apps of the list stand on nearly every machine; how many more there are differs. */
function ordinary(
  entries: readonly Entry[],
  least: number,
  random: Random,
  make: (name: string, second: string, version: string) => App,
): App[] {
  const more = Math.floor((entries.length - least + 1) * random.next() ** 2)
  const kept = [...entries.slice(0, least - 4), ...random.shuffled(entries.slice(least - 4)).slice(0, 4 + more)]
  return kept.map(([name, second, ...versions]) => make(name, second, random.pick(versions)))
}

function byName(apps: App[]): App[] {
  return apps.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Every `every`th machine of a department, so that the numbers do not depend on chance. */
function isNth({ key, department }: Machine, wanted: Department, every: number): boolean {
  return department === wanted && Number(/\d+/.exec(key)?.[0]) % every === 0
}

function windowsClaude(machine: Machine, random: Random): App[] {
  const { claude } = machine
  const apps: App[] = []
  if (claude !== undefined) {
    // Windows packages carry a fourth part; a per-user install is marked by Intune.
    const version = /^\d+\.\d+\.\d+$/.test(claude) ? `${claude}.0` : claude
    apps.push({ name: random.next() < 0.25 ? 'Claude (User)' : 'Claude', publisher: anthropic, version })
  }
  if (isNth(machine, 'Logistics', 11))
    apps.push({ name: 'Claude Console', publisher: 'Kestrel Tools GmbH', version: '3.2.0' })
  if (isNth(machine, 'Finance', 6)) apps.push({ name: 'Claude for Excel', publisher: anthropic, version: '1.0.0.9' })
  if (isNth(machine, 'Sales', 9)) apps.push({ name: 'Claude for PowerPoint', publisher: anthropic, version: '1.0.0.4' })
  if (isNth(machine, 'Support', 8)) apps.push({ name: 'Claude Helper', publisher: anthropic, version: '1.46388.4.0' })
  if (isNth(machine, 'Engineering', 4))
    apps.push({ name: 'Claude Code', publisher: anthropic, version: random.pick(['2.1.246', '2.1.275']) })
  return apps
}

function macClaude(machine: Machine, random: Random): App[] {
  const { claude, account, oddity } = machine
  const copy = (folder: string, version: string): App => ({
    name: 'Claude.app',
    bundleId: claudeBundle,
    version,
    path: `${folder}/Claude.app`,
  })
  const apps: App[] = []
  if (claude !== undefined) apps.push(copy('/Applications', claude))
  if (oddity === 'three-copies')
    apps.push(copy(`/Users/${account}/Applications`, '1.1.3918'), copy(`/Users/${account}/.Trash`, '0.14.1'))
  if (claude !== undefined && isNth(machine, 'Engineering', 10)) {
    const name = 'Claude Helper (Renderer).app'
    const path = `/Applications/Claude.app/Contents/Frameworks/${name}`
    apps.push({ name, bundleId: `${claudeBundle}.helper.Renderer`, version: claude, path })
  }
  if (isNth(machine, 'Design', 9)) {
    const name = 'Claude Console.app'
    apps.push({
      name,
      bundleId: 'example.kestrel.console',
      version: random.pick(['3.2.0', '3.1.4']),
      path: `/Applications/${name}`,
    })
  }
  return apps
}

function linuxApp(name: string, _: string, version: string): App {
  return { name, version, table: 'deb_packages' }
}

function linuxClaude(machine: Machine, random: Random): App[] {
  const apps: App[] = []
  if (machine.claude !== undefined) apps.push(linuxApp('claude-desktop', '', machine.claude))
  else apps.push(linuxApp('claude-code', '', random.pick(['2.1.246', '2.1.275'])))
  if (machine.oddity === 'rebuild') apps.push(linuxApp('claude-desktop-unofficial', '', '1.24012.9-2'))
  if (isNth(machine, 'Engineering', 5)) apps.push({ name: 'Claude', version: '1.0.44', table: 'chrome_extensions' })
  return apps
}

function phoneApps({ claude, osName }: Machine): App[] {
  const store = osName === 'Android' ? '16.0.19328.20200' : '2.103.1'
  const apps: App[] = [
    { name: 'Company Portal', publisher: 'Microsoft Corporation', version: '5.2510.0' },
    { name: 'Microsoft Outlook', publisher: 'Microsoft Corporation', version: store },
  ]
  return claude === undefined ? apps : [{ name: 'Claude', publisher: anthropic, version: claude }, ...apps]
}
