import type { Experiment } from './experiment.js'
import { attributeExperiments } from './experiments/attributes.js'
import { contentExperiments } from './experiments/content.js'
import { goodForms } from './experiments/good-forms.js'
import { hookExperiments } from './experiments/hooks.js'
import { settingsFileExperiments } from './experiments/settings-file.js'
import { telemetryExperiments } from './experiments/telemetry.js'

/**
 * Every claim about Claude Code whose effect shows in a session, by rule and id. The claims were first observed on
 * 2026-11-20 with five client versions and are checked anew by every run.
 */
export const experiments: readonly Experiment[] = [
  ...attributeExperiments,
  ...contentExperiments,
  ...goodForms,
  ...hookExperiments,
  ...settingsFileExperiments,
  ...telemetryExperiments,
].sort((left, right) => (key(left) < key(right) ? -1 : 1))

function key(experiment: Experiment): string {
  return `${experiment.rule}/${experiment.id}`
}
