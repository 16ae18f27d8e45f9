import type { Experiment, Setup } from '../experiment.js'
import type { Content } from '../seen.js'
import { withTelemetry } from './setup.js'

const switches: readonly { readonly name: string; readonly content: Content; readonly id: string }[] = [
  { name: 'OTEL_LOG_ASSISTANT_RESPONSES', content: 'assistant-response', id: 'responses' },
  { name: 'OTEL_LOG_RAW_API_BODIES', content: 'raw-bodies', id: 'raw-bodies' },
  { name: 'OTEL_LOG_TOOL_DETAILS', content: 'tool-details', id: 'tool-details' },
  { name: 'OTEL_LOG_USER_PROMPTS', content: 'prompt', id: 'prompts' },
]

/** An assistant's text follows the prompt switch unless its own is set; there is no such event in the oldest clients. */
const responses: Experiment = {
  rule: 'content-responses-follow',
  id: 'prompts-on',
  about: 'Switching prompts on switches responses on, unless they have their own switch.',
  bad: withTelemetry({ OTEL_LOG_USER_PROMPTS: '1' }),
  fixed: withTelemetry({ OTEL_LOG_USER_PROMPTS: '1', OTEL_LOG_ASSISTANT_RESPONSES: '0' }),
  expects: [
    { versions: '<2.1.193', bad: { content: ['prompt'] }, fixed: { content: ['prompt'] } },
    { versions: '*', bad: { content: ['assistant-response', 'prompt'] }, fixed: { content: ['prompt'] } },
  ],
}

const withResponses = '>=2.1.193'

function fromUser(id: string, name: string, content: Content, who: (name: string) => Partial<Setup>): Experiment {
  const responses: readonly Content[] = content === 'prompt' ? ['assistant-response', 'prompt'] : [content]
  const before = content === 'assistant-response' ? [] : [content]
  return {
    rule: 'content-switch-open',
    id,
    about: `${name} is not set by the managed file and the user sets it.`,
    bad: { ...withTelemetry(), ...who(name) },
    fixed: { ...withTelemetry({ [name]: '0' }), ...who(name) },
    expects: [
      { versions: withResponses, bad: { content: responses }, fixed: { content: [] } },
      { versions: '*', bad: { content: before }, fixed: { content: [] } },
    ],
  }
}

export const contentExperiments: readonly Experiment[] = [
  ...switches.flatMap(({ name, content, id }) => [
    fromUser(`${id}-user-settings`, name, content, (variable) => ({ user: { env: { [variable]: '1' } } })),
    fromUser(`${id}-shell`, name, content, (variable) => ({ shell: { [variable]: '1' } })),
  ]),
  responses,
]
