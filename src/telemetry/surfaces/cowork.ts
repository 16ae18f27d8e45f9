import type { Surface } from './surface.js'

/**
 * Cowork. Its page names six events and no hook, plugin, permission-mode or settings events:
 * https://claude.com/docs/cowork/monitoring (July 2026). `enduser.id` is only there on third-party deployments.
 */
export const cowork: Surface = {
  service: 'cowork',
  title: 'Cowork',
  versionOf: 'claude-desktop',
  attributes: { email: ['user.email', 'enduser.id'] },
  events: ['api_error', 'api_request', 'assistant_response', 'tool_decision', 'tool_result', 'user_prompt'],
  failures: ['api_error'],
  reportsPolicy: false,
}
