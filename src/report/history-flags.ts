import { Flags } from '@oclif/core'

/** The flags of every command that reads a history. */
export const historyFlags = {
  history: Flags.string({
    description: 'Folder of the history; default history.folder of the policy, else .fleet/history.',
    env: 'FLEET_HISTORY',
    helpValue: 'FOLDER',
  }),
  policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
}
