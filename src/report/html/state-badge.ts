import type { State } from '../../readiness/verdict.js'
import { type Html, html } from './html.js'

/** A state as a word beside its colour. */
export function stateBadge(state: State): Html {
  return html`<span class="state state-${state}">${state}</span>`
}
