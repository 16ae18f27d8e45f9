import { Args } from '@oclif/core'
import { verifyBundle } from '../../src/bundle/verify.js'
import { exitCode } from '../../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { verificationJson, verificationText } from '../../src/report/bundle-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class SettingsVerify extends FleetCommand {
  static override summary = 'Say whether a bundle is what was built'
  static override description =
    `Compares every file with the manifest: changed, missing, added and renamed files, links in place of files, and rights wider than what was built.

${exitCodesHelp} 7 the bundle is not what was built.`
  static override examples = [
    { description: 'Before the bundle is uploaded', command: '<%= config.bin %> <%= command.id %> bundle' },
    { description: 'For a script', command: '<%= config.bin %> <%= command.id %> bundle --json' },
  ]
  static override args = {
    bundle: Args.string({ description: 'The folder that settings build wrote.', required: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SettingsVerify)
    const verified = await verifyBundle(args.bundle)
    await this.print(
      flags.json ? verificationJson(args.bundle, verified) : verificationText(args.bundle, verified, terminalLook()),
    )
    this.endWith(verified.differences.length === 0 ? exitCode.ok : exitCode.verificationFailed)
  }
}
