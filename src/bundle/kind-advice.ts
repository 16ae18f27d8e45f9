/** What to do about a file that does not say what it is, or was said to be something else: commands differ in their options. */
export interface KindAdvice {
  readonly damagedJson: string
  readonly unknownJson: string
  readonly unknownPropertyList: string
  readonly registryFile: string
  readonly profile: string
  readonly scan: string
}

const nameOfDomain = 'Name it com.anthropic.claudecode.plist or com.anthropic.claudefordesktop.plist'

/** For `fleet settings lint`. */
export const lintAdvice: KindAdvice = {
  damagedJson: 'Mend it, or say with --as what it is.',
  unknownJson: 'Say what they are with --as.',
  unknownPropertyList: `${nameOfDomain}, or say what it is with --as.`,
  registryFile: 'Leave --as out.',
  profile: 'Leave --as out.',
  scan: 'Give it with --scan.',
}

const sourceOptions = '--file, --server, --user, --project or --local'

/** For `fleet settings explain`. */
export const explainAdvice: KindAdvice = {
  damagedJson: `Mend it, or say what it is with ${sourceOptions}.`,
  unknownJson: `Say what they are with ${sourceOptions}.`,
  unknownPropertyList: `${nameOfDomain}, or give it with --plist.`,
  registryFile: 'Give it with --hklm or --hkcu, or without an option.',
  profile: 'Give it with --plist, or without an option.',
  scan: 'Give the settings files of one machine.',
}
