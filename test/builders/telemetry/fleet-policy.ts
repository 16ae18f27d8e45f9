import { policyStamp } from '../../../src/bundle/stamp.js'
import type { LoadedPolicy } from '../../../src/policy/load-policy.js'
import { Policy } from '../../../src/policy/policy.js'

const posix = '/usr/local/libexec/fleet-hook'
const command = { macos: posix, linux: posix, windows: '"C:\\Program Files\\Fleet\\fleet-hook.exe"' }

/** The policy of the made-up fleets: every section that telemetry is judged by. */
export const fleetPolicy: LoadedPolicy = {
  policy: Policy.parse({
    organization: 'Example',
    telemetry: {
      endpoint: 'https://otel.example:4318',
      privacy: 'tool-details',
      endpointAttributes: { 'endpoint.serial': 'serial', 'endpoint.name': 'hostname' },
    },
    hooks: { required: [{ event: 'PreToolUse', matcher: '*', command }] },
    plugins: {
      marketplaces: [{ name: 'example', source: { github: 'example/plugins' } }],
      approved: [{ plugin: 'review@example' }],
    },
    evidence: {
      silentAfterDays: 7,
      approved: [
        { tools: ['Bash', 'Read', 'Edit', 'Skill', 'mcp__github__*'], mcpServers: ['github'] },
        { department: 'Research', tools: ['WebFetch'], mcpServers: ['papers'] },
      ],
    },
  }),
  digest: 'sha256:example',
  file: 'fleet.yaml',
  folder: '/',
}

export const fleetStamp = policyStamp(fleetPolicy.policy)
export const otherStamp = '5d41402abc4b2a76'
