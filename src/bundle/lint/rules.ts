import type { Rule } from './rule.js'
import { rules as access } from './rules-access.js'
import { rules as attributes } from './rules-attributes.js'
import { rules as content } from './rules-content.js'
import { rules as desktop } from './rules-desktop.js'
import { rules as files } from './rules-files.js'
import { rules as hooks } from './rules-hooks.js'
import { rules as json } from './rules-json.js'
import { rules as keys } from './rules-keys.js'
import { rules as plugins } from './rules-plugins.js'
import { rules as secrets } from './rules-secrets.js'
import { rules as telemetry } from './rules-telemetry.js'

/** Every rule of lint. */
export const rules: readonly Rule[] = [
  ...files,
  ...json,
  ...keys,
  ...telemetry,
  ...attributes,
  ...content,
  ...hooks,
  ...access,
  ...plugins,
  ...desktop,
  ...secrets,
]
