import type { Policy } from '../../policy/policy.js'
import { type DrillSettings, isElsewhere } from './drill-settings.js'

export interface Announced {
  readonly path: string
  readonly sessionId: string
  readonly settings: DrillSettings
  readonly policy: Policy | undefined
  readonly timeoutSeconds: number
}

/**
 * What a drill is about to do, a sentence each: above all what will be sent to other machines. Nothing of the client has run
 * when it is said, so it names no version.
 */
export function announcement({ path, sessionId, settings, policy, timeoutSeconds }: Announced): string[] {
  const elsewhere = settings.endpoints.filter(isElsewhere)
  const evaluate = policy?.hooks?.guard?.evaluate?.url
  const asked = [...settings.hookUrls, ...(evaluate === undefined ? [] : [evaluate])].filter(isElsewhere)
  return [
    `This drill starts ${path} in a throw-away home, for at most ${timeoutSeconds} seconds. The model is a stand-in on this machine that asks for one command, echo fleet-drill: no tokens are used.`,
    'The managed settings of this machine hold, and none is changed: their hooks, helpers, plugins and MCP servers run as in any session.',
    ...(settings.telemetry === 'off' || elsewhere.length === 0
      ? []
      : [
          `This drill sends its telemetry (some twenty harmless events, session id ${sessionId}) to ${elsewhere.join(' and ')}: managed settings name that address.`,
        ]),
    ...(asked.length === 0 ? [] : [`Hooks may send the envelope of the call to ${[...new Set(asked)].join(' and ')}.`]),
    ...(settings.policyHelper
      ? ['A policy helper works out further settings when the session starts: where they send telemetry is not known.']
      : []),
    ...(settings.unread.length > 0
      ? [
          `These settings cannot be read here: ${settings.unread.map(({ place }) => place).join(', ')}. Where they send telemetry and requests for the model is not known.`,
        ]
      : []),
  ]
}
