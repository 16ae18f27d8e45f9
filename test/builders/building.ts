import { type BuildRequest, type BuiltBundle, prepareBuild } from '../../src/bundle/build.js'
import { loadPolicy } from '../../src/policy/load-policy.js'

/** Builds a bundle as `fleet settings build` does, without a terminal. */
export async function buildBundle(
  policyFile: string,
  target: string,
  more: Partial<Omit<BuildRequest, 'loaded' | 'target'>> = {},
): Promise<BuiltBundle> {
  const build = prepareBuild({
    loaded: await loadPolicy(policyFile),
    target,
    resolveSecrets: false,
    force: false,
    asOf: Date.parse('2026-11-20T00:00:00Z'),
    environment: {},
    ...more,
  })
  try {
    for (const { run } of build.steps) await run()
  } catch (error) {
    build.discard()
    throw error
  }
  return build.result()
}
