/** The operating system of an endpoint. `other` was recognised and is none of the three; `unknown` was not recognised. */
export type EndpointPlatform = 'macos' | 'windows' | 'linux' | 'other' | 'unknown'

/** Words, letters only, of the three and of phones, tablets, TVs and Unix systems, as the exports write them. */
const words: ReadonlyMap<string, EndpointPlatform> = new Map([
  ...each('macos', 'appleosx darwin mac macintosh macmdm macos osx'),
  ...each('windows', 'windows windowsnt windowsrt winrt win'),
  ...each('linux', 'almalinux alpine amzn archlinux centos debian fedora gentoo gnu kali linux linuxmdm linuxmint'),
  ...each('linux', 'manjaro nixos opensuse raspbian redhat rhel rocky sles sled suse tuxedo ubuntu xubuntu kubuntu'),
  ...each('other', 'android androidenterprise androidforwork androidworkprofile aosp chromeos chromium'),
  ...each('other', 'ios ipad ipados iphone ipod tizen tvos visionos watchos wearos'),
  ...each('other', 'aix esxi freebsd netbsd openbsd solaris'),
])

/** Distribution names that are ordinary words: they count only at the start of the text. */
const distributionsByFirstWord = new Set(['arch', 'endeavouros', 'elementary', 'mint', 'oracle', 'pop', 'zorin'])

/** Two-word names, and Windows that is no PC. */
const otherPhrases =
  /\b(?:apple|android) ?tv\b|\bchrome[ _]?os\b|\bwindows (?:phone|mobile|holographic)\b|\bwindows(?:phone|holographic)/

/**
 * Reads any text an export uses for the operating system: `Mac OS X 10.9.5` (Jamf), `darwin` (Fleet), `WinRT`
 * (Workspace ONE), `MAC_OS` (Google). Whole words only: `darwin` contains `win`.
 */
export function platformOf(osText: string | undefined): EndpointPlatform {
  const text = (osText ?? '').slice(0, 256).trim().toLowerCase()
  // Windows NT 10.0 with a five-digit build (Workspace ONE `OperatingSystem`); no other system numbers itself so.
  if (/^10\.0\.\d{5}(?:\.\d+)*$/.test(text)) return 'windows'
  if (otherPhrases.test(text)) return 'other'
  const letters = text.match(/[a-z]+/g) ?? []
  const found = new Set<EndpointPlatform>()
  for (const word of letters) {
    const platform = words.get(word)
    if (platform !== undefined) found.add(platform)
  }
  if (distributionsByFirstWord.has(letters[0] ?? '')) found.add('linux')
  if (/\bos x\b/.test(text)) found.add('macos')
  // Android and ChromeOS call themselves Linux too.
  if (found.has('other')) found.delete('linux')
  const [only] = found
  return only !== undefined && found.size === 1 ? only : 'unknown'
}

function each(platform: EndpointPlatform, names: string): [string, EndpointPlatform][] {
  return names.split(' ').map((name) => [name, platform])
}
