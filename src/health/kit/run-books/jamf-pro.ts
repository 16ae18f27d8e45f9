import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, probeName } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { beforeYouBegin, hookSection, readSection, rollBackSection } from './shared-sections.js'

export const jamfPro: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(
      ['macos'],
      'Bring them in a package: Computers > Policies > New, payload Packages, scope the pilot group.',
    ),
    {
      title: 'Extension attribute',
      steps: [
        {
          text: `Settings > Computer Management > Extension Attributes > New. Display Name: \`${probeName}\`, exactly so. Data Type: String. Inventory Display: Extension Attributes. Input Type: Script. Paste \`${kitPaths.jamfScript}\` whole. Save.`,
          files: [kitPaths.jamfScript],
        },
        {
          text: `Or over the Classic API, with a token of an account that may create computer extension attributes (to exchange the script later: \`PUT\` and the id of the attribute in place of 0):`,
          files: [kitPaths.jamfXml],
          block: {
            language: 'sh',
            text: `curl --fail -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/xml' \\
  --data-binary @${kitPaths.jamfXml} \\
  https://JAMF-PRO.EXAMPLE/JSSResource/computerextensionattributes/id/0`,
          },
        },
        step`On a pilot Mac: \`sudo jamf recon\`, then look at Extension Attributes in its inventory record. An empty value is a script that could not run: its output then had no \`<result>\`.`,
        step`A smart group for those that need work: criterion \`${{ plain: probeName }}\`, operator \`like\`, value \`FH1|repair|\`. For those that prove what they can: \`FH1|ok|\`.`,
      ],
    },
    readSection(
      [
        step`Saved computer search: in an Advanced Computer Search tick under Display the extension attribute \`${{ plain: probeName }}\` beside Serial Number, Last Check-in and Last Inventory Update, then export it as CSV. The column has the name of the attribute.`,
        step`Or Jamf Pro API: \`GET /api/v1/computers-inventory?section=GENERAL&section=HARDWARE&section=EXTENSION_ATTRIBUTES\`, every page of it.`,
      ],
      'The value is as old as the last inventory update, by default once a day (Computer inventory collection and the policy Update Inventory), not as the last check-in.',
    ),
    rollBackSection([step`Delete the extension attribute: its values go with it. Nothing of it stays on the Macs.`]),
  ],
  sources: [
    'https://learn.jamf.com/r/en-US/jamf-pro-documentation-11.16.0/Extension_Attribute_Input_Types_macOS (looked at 2026-11-21): what stands between `<result>` and `</result>` is kept',
    'https://github.com/grahampugh/jamf-upload (JamfExtensionAttributeUploader, looked at 2026-11-21): the XML of the Classic API',
    'https://github.com/tonyyo11/jamf-reports-community (looked at 2026-11-21): exports of saved searches',
  ],
}
