import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import { payloadVariable, payloadVariableLimits } from '../payload-variables.js'
import type { AppleMdm } from '../places.js'
import { bundlePaths } from '../places.js'
import type { RunBookContext, Step } from './run-book.js'

/** What to know of the variables that stand in the Claude Code profile; none when it holds no variable. */
export function payloadVariableSteps({ plan }: RunBookContext, mdm: AppleMdm): Step[] {
  const attributes = Object.entries(plan.loaded.policy.telemetry?.endpointAttributes ?? {})
  const used = attributes.flatMap(([key, field]) => {
    const found = field === 'user' ? undefined : payloadVariable(mdm, field)
    return found?.safe ? [{ key, found }] : []
  })
  if (used.length === 0) return []
  const names = used.map(({ key, found }) => `${codeSpan(key)} = ${codeSpan(found.variable)}`).join(', ')
  const limits = [...new Set([...payloadVariableLimits, ...used.flatMap(({ found }) => found.limits)])]
  return [
    {
      text: `The profile holds payload variables that the product fills in for each machine: ${names}. ${limits.map(markdownText).join(' ')} (${[...new Set(used.map(({ found }) => found.source))].join(', ')})`,
      files: [bundlePaths.codeProfile(mdm)],
    },
  ]
}
