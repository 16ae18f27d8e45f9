import * as z from 'zod'
import { Facts, stageNames } from './facts.js'
import { type Health, stageStates } from './judge.js'
import { probeWords, writeProbeLine } from './probe-line.js'
import type { ProbeTarget } from './probe-target.js'

const StageEntry = z.object({ state: z.enum(stageStates), seen: z.string(), at: z.iso.datetime().optional() })

/** `fleet.probe/v1`: what one machine shows, and what follows from it; its short form is the line. */
export const Probe = z.object({
  schema: z.literal('fleet.probe/v1'),
  at: z.iso.datetime(),
  policy: z.object({ stamp: z.string() }),
  platform: z.enum(['macos', 'linux', 'windows']),
  word: z.enum(probeWords),
  stages: z.object(
    Object.fromEntries(stageNames.map((name) => [name, StageEntry])) as Record<
      (typeof stageNames)[number],
      typeof StageEntry
    >,
  ),
  diagnoses: z.array(
    z.object({
      code: z.string(),
      stage: z.enum(stageNames),
      title: z.string(),
      why: z.string(),
      remediation: z.string(),
      source: z.string(),
      checked: z.iso.date(),
    }),
  ),
  versions: z.object({ claudeDesktop: z.string().optional(), claudeCode: z.string().optional() }),
  settingsDigest: z.string().optional(),
  facts: Facts,
  line: z.string(),
  /** Only where a connection was asked for: each step to the collector, and what was seen of it. */
  connection: z
    .array(z.object({ step: z.string(), outcome: z.enum(['done', 'failed', 'skipped']), seen: z.string() }))
    .optional(),
})
export type Probe = z.infer<typeof Probe>

/** The document of one machine. */
export function probeDocument(facts: Facts, target: ProbeTarget, health: Health): Probe {
  const { desktopVersion, codeVersion, settingsDigest } = facts
  const version = (text: string | undefined) => (text === 'none' ? undefined : text)
  return {
    schema: 'fleet.probe/v1',
    at: facts.at,
    policy: { stamp: target.stamp },
    platform: target.platform,
    word: health.word,
    stages: health.stages,
    diagnoses: [...health.diagnoses],
    versions: { claudeDesktop: version(desktopVersion), claudeCode: version(codeVersion) },
    settingsDigest,
    facts,
    line: writeProbeLine(facts, health.word),
  }
}
