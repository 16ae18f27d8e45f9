import { createHash } from 'node:crypto'
import { readTemplate } from '../../platform/template-file.js'

export interface PageFiles {
  readonly style: string
  readonly script: string
  /** Allows this style and this script by their digests, and nothing else: no address, no frame, no form. */
  readonly policy: string
}

/**
 * The style and the script of the page, which are the same in every report, with the policy that allows nothing else.
 * https://www.w3.org/TR/CSP3/#grammardef-hash-source (read 2026-11-21)
 */
export function pageFiles(): PageFiles {
  const style = readTemplate('report/report.css')
  const script = readTemplate('report/report.js')
  // What ends the element would end it early: these are files of this program, so that is a bug.
  if (/<\/style/i.test(style)) throw new Error('The style of the report would end its element.')
  if (/<\/script|<!--/i.test(script)) throw new Error('The script of the report would end its element.')
  const policy = [
    "default-src 'none'",
    `style-src '${digestOf(style)}'`,
    `script-src '${digestOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return { style, script, policy }
}

function digestOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`
}
