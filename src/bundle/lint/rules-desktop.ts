import type { Rule } from './rule.js'
import { rules as keys } from './rules-desktop-keys.js'
import { rules as telemetry } from './rules-desktop-telemetry.js'
import { rules as values } from './rules-desktop-values.js'

/** Rules about policies of Claude Desktop. */
export const rules: readonly Rule[] = [...keys, ...values, ...telemetry]
