import { safeText } from '../../platform/safe-text.js'
import { Document } from '../../policy/yaml.js'
import { type GroupFormat, groupName } from './group-file.js'
import { looksLikeNumber } from './own-serial.js'

/**
 * A manual label for GitOps: a bare list with one label, one file for each wave, because `default.yml` takes label files
 * by path or by `labels/*.yml`, and a wave comes in when its day has come. `hosts` takes serial numbers, UUIDs and host
 * ids, and any host that matches one of them as serial number, UUID, id or name is a member. A text of digits counts as
 * an id too, so a serial number of digits is not given.
 * https://fleetdm.com/docs/configuration/yaml-files#labels (copy looked at 2026-11-21),
 * https://github.com/fleetdm/fleet/pull/33073 (2025-09-16), server/datastore/mysql/labels.go.
 */
export const fleetdm: GroupFormat = {
  id: 'fleetdm',
  title: 'Fleet (fleetdm)',
  product: 'fleetdm',
  entry(member, own, numberOfAnother) {
    const problem = 'reason' in own ? own.reason : problemOf(own.serial)
    if (problem === undefined && 'serial' in own) return { value: own.serial }
    const id = member.deviceIds.fleetdm
    if (id === undefined || !/^[1-9]\d{0,9}$/.test(id)) return { reason: problem ?? 'unusable-id' }
    return numberOfAnother(id, member) ? { reason: 'ambiguous-id' } : { value: Number(id) }
  },
  files(wave, values, context) {
    const { campaign, organization } = context
    const label = {
      name: groupName(wave, context),
      description: safeText(
        `Wave ${wave.name} of the rollout ${campaign}${organization === undefined ? '' : ` at ${organization}`}, from fleet plan`,
      ),
      label_membership_type: 'manual',
      hosts: values,
    }
    return [
      {
        path: `groups/${wave.folder}/fleet-${wave.folder}.labels.yml`,
        content: yaml([label]),
        endpoints: values.length,
      },
    ]
  },
  guide: {
    what: '`fleet-….labels.yml`: a manual label for GitOps, one file for each wave, so that a wave can be merged when its day has come. Hosts stand there by serial number; a number without quotes is the Fleet id of a host that has no serial number of its own.',
    needs: [
      'Fleet 4.75 or later with GitOps. Earlier releases took host names only at first, and host ids not at all.',
      'Labels are part of Fleet Free; configuration profiles for a label need Fleet Premium.',
    ],
    steps: [
      {
        text: 'Copy the file of the wave into `labels/` of your GitOps repository (before Fleet 4.83: `lib/`).',
      },
      {
        text: '`default.yml` has to name it. **Labels that are in Fleet and not named there are deleted** as soon as `default.yml` has the key `labels`: if you have had none so far, write down the existing ones first (`fleetctl generate-gitops`).',
        block: {
          language: 'yaml',
          text: `labels:
  - paths: ./labels/*.yml                # Fleet 4.83 and later
  # - path: ./lib/fleet-1-pilot.labels.yml   # one by one, before`,
        },
      },
      {
        text: 'Try it, then merge:',
        block: { language: 'sh', text: 'fleetctl gitops --dry-run -f default.yml' },
      },
      {
        text: 'Compare the number of hosts of the label in Fleet with the table above, then name the label in `labels_include_any` of the software, profile or policy.',
      },
    ],
    caveats: [
      'Fleet takes every host that matches an entry by serial number, UUID, id **or host name**. A machine that bears the serial number of another as its name would come along; the comparison of numbers shows it.',
      'An entry that matches nobody is passed over in silence; so is a host that enrols later, until the next GitOps run.',
      'Another name makes another label: Fleet deletes the old one, with its members.',
      'A `$` is written as `\\x24`, because GitOps puts environment variables in place of `$NAME` before it reads the YAML.',
      'The repository then holds serial numbers. Is it public? Then do not merge this file.',
      'At some time an entry that only begins with the digits of a host id matched that host too (fleetdm/fleet 34236, mended). Which release mended it is not known to us; the comparison of numbers shows it.',
    ],
    sources: [
      'https://fleetdm.com/docs/configuration/yaml-files#labels (copy looked at 2026-11-21): keys, `hosts` by id, hardware_serial or uuid, deletion of labels that are not named',
      'https://github.com/fleetdm/fleet/issues/32014 and https://github.com/fleetdm/fleet/pull/33073 (2025-09-16): host ids, any host that matches',
      'https://github.com/fleetdm/fleet/issues/28511 (2025-04-23): before, GitOps took host names only',
      'https://github.com/fleetdm/fleet/pull/18845 (2024-05-08) and https://github.com/fleetdm/fleet/issues/44053 (2026-06-10): environment variables in GitOps files',
    ],
  },
}

function problemOf(serial: string) {
  if (safeText(serial) !== serial) return 'invisible'
  return looksLikeNumber(serial) ? 'digits' : undefined
}

/** All texts are quoted, so that `no` and `1e3` stay texts, and so that `$` can be written as an escape. */
function yaml(value: unknown): string {
  return new Document(value)
    .toString({ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 })
    .replaceAll('$', '\\x24')
}
