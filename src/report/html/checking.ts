import { fileArgument } from '../file-argument.js'
import type { ReportView } from '../view/report-view.js'
import { html } from './html.js'
import type { ReportSection } from './report-section.js'

/** How a reader who trusts nobody checks what the report says. */
export function checkingSection({ documents, head, fleet }: ReportView): ReportSection {
  const scan = documents.find(({ kind }) => kind === 'scan')
  const named = scan && fileArgument(scan.file)
  const digests = documents.some(({ digest }) => digest !== undefined)
  return {
    id: 'checking',
    title: 'How to check this report',
    body: html`<ol>
${digests && html`<li>The documents: <code>sha256sum FILE</code> on each must give the digest that stands above. The digests of the exports are of what was read; of a packed export, of what is inside.</li>\n`}<li>One endpoint: <code>fleet explain ENDPOINT ${named ?? 'scan.json'}</code> prints every fact about it with file, record and field, every gate with its source, and what would change the verdict.</li>
<li>The whole: the same exports, policy and day give the same scan, and the same documents give this very file, byte for byte, with fleet ${fleet}. The policy was ${head.policy.file ?? 'the default'}, <code class="digest">${head.policy.digest}</code>.</li>
</ol>
`,
  }
}
