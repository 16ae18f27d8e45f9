import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { stageNames } from '../../src/health/facts.js'
import { Failure } from '../../src/platform/failure.js'
import type { LoadedPolicy } from '../../src/policy/load-policy.js'
import { type Policy, Policy as PolicySchema } from '../../src/policy/policy.js'
import { prepareSelftest, type Selftest } from '../../src/selftest/run-selftest.js'
import { type FixtureMachine, fixtureMachines } from '../builders/fixture-machines.js'
import { buildMachine, canChangeOwners } from '../builders/machine.js'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))))
})

function loaded(policy: Policy): LoadedPolicy {
  return { policy, digest: 'sha256:0', file: 'fleet.yaml', folder: '.' }
}

async function selftestOf(
  { spec, policy }: Pick<FixtureMachine, 'spec' | 'policy'>,
  connect = false,
): Promise<Selftest> {
  const built = await buildMachine(spec)
  try {
    const prepared = prepareSelftest({ loaded: loaded(policy), machine: built.machine, connect, environment: {} })
    for (const { run } of prepared.steps) await run()
    return prepared.result()
  } finally {
    await built.remove()
  }
}

const named = (name: string) => fixtureMachines.find((fixture) => fixture.name === name)!
const usable = fixtureMachines.filter(({ needsRoot }) => needsRoot === undefined || canChangeOwners)

describe.each(usable)('$name', (fixture) => {
  it('ends with 3 where something is contradicted, 8 where a required stage is unknown, else 0', async () => {
    const { exit, health, probe } = await selftestOf(fixture)
    const states = stageNames.map((name) => health.stages[name].state)
    const expected = states.includes('contradicted') ? 3 : health.stages.installed.state === 'unknown' ? 8 : 0
    expect(exit).toBe(expected)
    expect(probe.diagnoses.map(({ code }) => code)).toEqual(fixture.diagnoses)
  })
})

it('requires what the policy requires', async () => {
  const { spec, policy } = named('linux-healthy')
  expect((await selftestOf({ spec, policy })).required).toEqual(['installed'])
  const strict = { ...policy, probe: PolicySchema.parse({ probe: { requires: ['evaluated', 'installed'] } }).probe }
  expect((await selftestOf({ spec, policy: strict })).required).toEqual(['installed', 'evaluated'])
})

it('connects as a client of that machine would: the settings name headers and a proxy', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end()
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { spec, policy } = named('linux-healthy')
  const local = { ...policy, telemetry: { ...policy.telemetry!, endpoint } }
  const files = {
    ...spec.files,
    '/etc/fleet/otel-headers.json': { content: '{"Authorization":"Bearer not-a-real-token"}', mode: 0o640 },
  }
  const result = await selftestOf({ spec: { ...spec, files }, policy: local }, true)
  expect(seen).toEqual(['Bearer not-a-real-token'])
  expect(result.facts.collector).toBe('ok')
  expect(result.health.stages.recorded.state).toBe('proven')
  expect(result.required).toContain('recorded')
  expect(JSON.stringify(result)).not.toContain('not-a-real')
})

describe('refuses', () => {
  const refused = async (policy: LoadedPolicy, connect = false) => {
    const built = await buildMachine(named('linux-healthy').spec)
    try {
      prepareSelftest({ loaded: policy, machine: built.machine, connect, environment: {} })
    } catch (error) {
      if (error instanceof Failure) return error.code
      throw error
    } finally {
      await built.remove()
    }
    return undefined
  }

  it('a policy that wants nothing, or no policy, or no collector', async () => {
    const empty = PolicySchema.parse({})
    expect(await refused({ policy: empty, digest: '', folder: '.' })).toBe('no-policy')
    expect(await refused(loaded(empty))).toBe('nothing-wanted')
    const hooks = PolicySchema.parse({ hooks: {} })
    expect(await refused(loaded(hooks), true)).toBe('no-collector')
    expect(await refused(loaded(hooks))).toBeUndefined()
  })
})
