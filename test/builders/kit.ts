import { type KitPlan, kitPlan } from '../../src/health/kit/kit-plan.js'
import type { Mdm } from '../../src/policy/delivery.js'
import type { LoadedPolicy } from '../../src/policy/load-policy.js'
import { Policy } from '../../src/policy/policy.js'

/** A policy as `loadPolicy` gives it, from what would stand in a file. */
export function loadedOf(policy: Record<string, unknown> = {}): LoadedPolicy {
  return { policy: Policy.parse(policy), digest: `sha256:${'0'.repeat(64)}`, file: 'fleet.yaml', folder: '.' }
}

/** The plan of a kit for a policy, for all products unless some are named. */
export function kitPlanOf(policy: Record<string, unknown> = {}, mdms?: readonly Mdm[]): KitPlan {
  return kitPlan(loadedOf(policy), mdms)
}

/** A policy with everything that shapes a kit. */
export const fullPolicy = {
  organization: 'Acme Instruments',
  telemetry: { endpoint: 'https://otel.acme.example:4318' },
  hooks: {
    required: [
      {
        event: 'PreToolUse',
        matcher: '*',
        command: {
          macos: '/usr/local/libexec/fleet-hook',
          linux: '/usr/local/libexec/fleet-hook',
          windows: 'powershell.exe -NoProfile -File "C:\\Program Files\\Fleet\\fleet-hook.ps1"',
        },
        timeoutSeconds: 20,
      },
    ],
    guard: {
      deny: [{ tool: 'Bash', contains: 'rm -rf /' }, { tool: 'mcp__github__*' }],
      evaluate: { url: 'https://policy.acme.example/decide' },
    },
  },
  probe: { staleAfterDays: 9 },
} as const
