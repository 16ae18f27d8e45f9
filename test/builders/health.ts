import type { Facts } from '../../src/health/facts.js'
import { type ProbeTarget, probeTarget } from '../../src/health/probe-target.js'
import { Policy } from '../../src/policy/policy.js'

/** A policy that asks for everything a probe can show. */
export const fullPolicy = Policy.parse({
  organization: 'Acme',
  telemetry: { endpoint: 'https://otel.acme.example:4318', headers: { Authorization: 'env:FLEET_OTLP_AUTHORIZATION' } },
  hooks: {
    required: [
      {
        event: 'PreToolUse',
        matcher: '*',
        command: {
          macos: '/usr/local/libexec/fleet-hook',
          linux: '/usr/local/libexec/fleet-hook',
          windows: 'powershell.exe -File "C:\\Program Files\\Fleet\\fleet-hook.ps1"',
        },
      },
    ],
    guard: { evaluate: { url: 'https://policy.acme.example/decide' } },
  },
  plugins: {
    marketplaces: [{ name: 'acme', source: { github: 'acme/claude-plugins' } }],
    approved: [{ plugin: 'sales@acme', version: '2.1.0' }],
  },
  probe: {},
})

export function fullTarget(platform: ProbeTarget['platform'] = 'macos'): ProbeTarget {
  return probeTarget(fullPolicy, platform)
}

/** The facts of a machine on which every stage is proven. */
export function goodFacts(target = fullTarget()): Facts {
  return {
    platform: target.platform,
    reach: 'machine',
    users: 1,
    builtFor: target.stamp,
    desktopVersion: '1.24012.9',
    desktopChanged: '2026-11-10T08:00:00Z',
    desktopPackage: target.platform === 'windows' ? 'registered' : undefined,
    codeVersion: '2.1.240',
    desktopRunning: 'current',
    codeRunning: 'no',
    settings: [{ place: 'file', state: target.stamp }],
    combination: 'first',
    settingsDigest: '0123456789abcdef',
    settingsChanged: '2026-11-12T08:00:00Z',
    blocked: [],
    hooks: { good: 1, of: 1 },
    hookProblems: [],
    hooksChanged: '2026-11-11T08:00:00Z',
    credential: 'ok',
    plugins: { good: 1, of: 1 },
    pluginProblems: [],
    pluginsChanged: '2026-11-11T09:00:00Z',
    invoked: '2026-11-18T07:41:00Z',
    event: 'PreToolUse',
    tool: 'Bash',
    verdict: 'allow',
    milliseconds: 12,
    status: 200,
    activity: '2026-11-18T07:41:05Z',
    active: 1,
    silent: 0,
    workspaces: 'there',
    collector: 'ok',
    at: '2026-11-18T08:00:00Z',
  }
}
