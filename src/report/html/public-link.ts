import { catalogue } from '../../gates/catalogue.js'
import { diagnosis, diagnosisCodes } from '../../health/diagnoses.js'
import { type Html, html } from './html.js'

/** Addresses that stand in the code of this program. A document can name others, and those never become links. */
const ours: ReadonlySet<string> = new Set([
  ...catalogue.flatMap(({ source, except }) => [source, ...except.map((exception) => exception.source)]),
  ...diagnosisCodes.map((code) => diagnosis(code).source),
])

/** An address as text; a link only where the address is one of our own catalogues. */
export function publicLink(address: string): Html {
  return ours.has(address)
    ? html`<a href="${address}" rel="noreferrer noopener">${address}</a>`
    : html`<span class="address">${address}</span>`
}
