import { type PrivacyTier, privacyTiers } from '../policy/telemetry.js'

/** What is collected at a tier, in words for people: everything, and what the tier adds to the one below it. */
export interface TierDescription {
  readonly collected: readonly string[]
  readonly added: readonly string[]
}

/** From the events and attributes of https://code.claude.com/docs/en/monitoring-usage (2026-08-22 and October 2026). */
const additions: Readonly<Record<PrivacyTier, readonly string[]>> = {
  metadata: [
    'who: session id and a random id of the installation; for people signed in with Claude.ai also e-mail address, account ids and organization id',
    'what runs: client version, operating system, architecture, terminal type, and the resource attributes of this policy',
    'what happened: prompts, answers, tool calls, requests and errors as events with length, duration, result and model, never with their text',
    'how much: tokens, estimated cost, lines of code, commits, pull requests, active time',
    'decisions: which tool was allowed or refused and by what, changes of permission mode, sign-in and sign-out',
    'set-up: hooks, plugins and MCP servers that were registered, without the names of your own ones',
    'the managed settings that are in force, with texts redacted, and their digest',
  ],
  'tool-details': [
    'tool parameters and inputs: shell commands, file paths, search terms, web addresses (texts cut at 512 characters)',
    'the names of your own MCP servers, tools, skills, commands, plugins and marketplaces',
    'error texts of tools and MCP servers, and the matchers of hooks',
    'the folders a session works in',
  ],
  content: [
    'the text of every prompt',
    'the text of every answer',
    'the input and output of tools in traces, such as the contents of files that were read',
  ],
  raw: ['the whole requests to the model and its whole responses: system prompt, conversation, files, tool results'],
}

/** What each privacy tier collects; each tier includes the ones before it. */
export const tierDescriptions: Readonly<Record<PrivacyTier, TierDescription>> = {
  metadata: describe('metadata'),
  'tool-details': describe('tool-details'),
  content: describe('content'),
  raw: describe('raw'),
}

function describe(tier: PrivacyTier): TierDescription {
  const upTo = privacyTiers.slice(0, privacyTiers.indexOf(tier) + 1)
  return { collected: upTo.flatMap((each) => additions[each]), added: additions[tier] }
}

/** The tiers above one: what they would add is not collected. */
export function tiersAbove(tier: PrivacyTier): readonly PrivacyTier[] {
  return privacyTiers.slice(privacyTiers.indexOf(tier) + 1)
}

/** Whether a tier allows what another one first brings. */
export function includesTier(tier: PrivacyTier, needed: PrivacyTier): boolean {
  return privacyTiers.indexOf(tier) >= privacyTiers.indexOf(needed)
}
