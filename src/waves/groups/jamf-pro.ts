import type { GroupFormat } from './group-file.js'
import { lineProblem, looksLikeNumber } from './own-serial.js'

/**
 * A column of serial numbers, which two tools take as it is: The MUT skips the first line whatever it says and reads
 * the first column; jamf-cli reads one identifier a line and skips lines that start with `#`. Both take a line of
 * digits for the id of a computer, so those who have no serial number of their own stand there by their id.
 * https://github.com/jamf/mut (6.4.0, 2026-01-05: README, ViewController.swift, xmlBuilder.swift);
 * https://github.com/Jamf-Concepts/jamf-cli (October 2026: skills/jamf-bulk, CHANGELOG).
 */
export const jamfPro: GroupFormat = {
  id: 'jamf-pro',
  title: 'Jamf Pro',
  product: 'jamf',
  entry({ deviceIds }, own) {
    const problem = 'reason' in own ? own.reason : (lineProblem(own.serial) ?? digitsProblem(own.serial))
    if (problem === undefined && 'serial' in own) return { value: own.serial }
    const id = deviceIds.jamf
    if (id !== undefined && /^[1-9]\d{0,9}$/.test(id)) return { value: id }
    return { reason: problem ?? 'unusable-id' }
  },
  files: ({ folder }, values) => [
    {
      path: `groups/${folder}/jamf-static-group.csv`,
      content: `# Serial Numbers or Usernames\n${values.join('\n')}\n`,
      endpoints: values.length,
    },
  ],
  guide: {
    what: '`jamf-static-group.csv`: one computer a line, by its serial number, for a static computer group. A line of digits only is the Jamf Pro id of a computer that has no serial number of its own. We found no way to load such a list in the Jamf Pro web interface itself (looked for until 2026-11-21); two tools do it.',
    needs: [
      'jamf-cli of Jamf Concepts, newer than 1.32.0, or The MUT 6.4 (macOS).',
      'An API client or account that may read computers and update static computer groups.',
    ],
    steps: [
      {
        text: 'In Jamf Pro make the group: Computers > Static Computer Groups > New. Give it the name in the table above, assign nobody, save. Its id stands in the address of the page.',
      },
      {
        text: 'With jamf-cli: look at what would happen, then do it with `--yes`. It sends 250 computers a request, leaves out those that are unmanaged, and reads the group back.',
        block: {
          language: 'sh',
          text: `jamf-cli pro classic-computer-groups add-members --name "NAME OF THE GROUP" --from-file FOLDER/jamf-static-group.csv
jamf-cli pro classic-computer-groups add-members --name "NAME OF THE GROUP" --from-file FOLDER/jamf-static-group.csv --yes`,
        },
      },
      {
        text: 'Or with The MUT: log in, browse to the file, choose Computer Static Group and Add to Static Group, enter the id of the group, run the pre-flight check, submit. Take it for waves of up to some thousand computers: it sends them all in one request.',
      },
      { text: 'Compare the number of members in Jamf Pro with the table above.' },
    ],
    caveats: [
      'Jamf Pro refuses a request whole when one computer in it is unknown or unmanaged. The MUT then offers its Classic Mode, line by line; jamf-cli sorts them out before it sends.',
      'After a new plan, exchange the members rather than add: Replace Existing Static Group in The MUT, `remove-members` and `add-members` in jamf-cli.',
      'jamf-cli up to 1.32.0 has `pro bulk add-to-group` instead; whether it skips the first line of the file is not known.',
    ],
    sources: [
      'https://github.com/Jamf-Concepts/jamf-cli (skills/jamf-bulk and CHANGELOG, 2026-10-06): the commands, lists of one identifier a line, comments',
      'https://github.com/Jamf-Concepts/jamf-cli/blob/main/docs/solutions/conventions/static-group-membership-wire-2026-10-04.md (2026-10-04): what Jamf Pro 11.32 refuses, and why the Classic API is used',
      'https://github.com/jamf/mut (6.4.0, 2026-01-05): Static Group Updates, Classic Mode; a line of digits is sent as id',
      'https://learn.microsoft.com/en-us/defender-endpoint/mac-jamfpro-device-groups (2024-04-30): where static computer groups are made',
    ],
  },
}

function digitsProblem(serial: string): 'digits' | undefined {
  return looksLikeNumber(serial) ? 'digits' : undefined
}
