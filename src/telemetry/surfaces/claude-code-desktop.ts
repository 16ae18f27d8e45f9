import { claudeCodeEvents, claudeCodeFailures } from './claude-code.js'
import type { Surface } from './surface.js'

/** The Code tab of Claude Desktop: Claude Code's events, but the app's version (https://code.claude.com/docs/en/monitoring-usage, October 2026). */
export const claudeCodeDesktop: Surface = {
  service: 'claude-code-desktop',
  title: 'Code tab of Claude Desktop',
  versionOf: 'claude-desktop',
  attributes: {},
  events: claudeCodeEvents,
  failures: claudeCodeFailures,
  reportsPolicy: true,
}
