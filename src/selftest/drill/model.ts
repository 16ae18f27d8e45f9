import { createServer, type ServerResponse } from 'node:http'
import { answering, listen, type RunningServer, readBody } from './loopback.js'

/** What the model stand-in was asked, and what the client's tool call came to. */
export interface ModelRecord {
  requests: number
  /** The client offered the Bash tool. A deny rule for the whole tool takes it away. */
  bashOffered: boolean
  /** The text of the tool's result as the client reported it; absent when no call came back. */
  toolResult?: string
  toolFailed?: boolean
}

interface ContentBlock {
  readonly type?: string
  readonly content?: unknown
  readonly is_error?: boolean
}

interface MessagesRequest {
  readonly stream?: boolean
  readonly tools?: readonly { readonly name?: string }[]
  readonly messages?: readonly { readonly content?: string | readonly ContentBlock[] }[]
}

/** The prompt of every session: content logging is recognised by it. */
export const drillPrompt = 'drill-prompt-text'
/** What the stand-in says last. */
export const finalText = 'drill-response-text'
export const drillCommand = 'echo fleet-drill'
/** What the command prints when it runs. */
export const drillOutput = 'fleet-drill'

/**
 * Starts a stand-in for `POST /v1/messages` on loopback. It answers the first request with one Bash call
 * (`echo fleet-drill`) and the next with text, so a session costs no tokens and needs no network.
 */
export async function startModel(): Promise<RunningServer<ModelRecord>> {
  const record: ModelRecord = { requests: 0, bashOffered: false }
  const server = createServer(
    answering(async (request, response) => {
      const body = await readBody(request)
      if (request.method !== 'POST' || request.url?.startsWith('/v1/messages') !== true) {
        response.writeHead(request.method === 'HEAD' ? 200 : 404).end()
        return
      }
      if (request.url.includes('count_tokens')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":10}')
        return
      }
      answer(JSON.parse(body.toString('utf8')) as MessagesRequest, record, response)
    }),
  )
  return listen(server, record)
}

function answer(request: MessagesRequest, record: ModelRecord, response: ServerResponse): void {
  record.requests += 1
  const bashOffered = request.tools?.some((tool) => tool.name === 'Bash') ?? false
  record.bashOffered ||= bashOffered
  const result = toolResultOf(request)
  if (result !== undefined) {
    record.toolResult = JSON.stringify(result.content ?? '')
    record.toolFailed = result.is_error === true
  }
  const block = bashOffered && result === undefined ? toolCall : { type: 'text', text: finalText }
  const stopReason = block.type === 'text' ? 'end_turn' : 'tool_use'
  if (request.stream === true) sendEvents(response, block, stopReason)
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message([block], stopReason)))
}

const toolCall = { type: 'tool_use', id: 'toolu_drill', name: 'Bash', input: { command: drillCommand } } as const

type AnswerBlock = typeof toolCall | { readonly type: string; readonly text: string }

function toolResultOf(request: MessagesRequest): ContentBlock | undefined {
  return (request.messages ?? [])
    .flatMap((entry) => (typeof entry.content === 'string' ? [] : (entry.content ?? [])))
    .find((block) => block.type === 'tool_result')
}

function message(content: readonly AnswerBlock[], stopReason: string | null) {
  return {
    id: 'msg_drill',
    type: 'message',
    role: 'assistant',
    model: 'claude-drill',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  }
}

function sendEvents(response: ServerResponse, block: AnswerBlock, stopReason: string): void {
  const empty = 'text' in block ? { type: 'text', text: '' } : { ...block, input: {} }
  const delta =
    'text' in block
      ? { type: 'text_delta', text: block.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
  const events = [
    { type: 'message_start', message: message([], null) },
    { type: 'content_block_start', index: 0, content_block: empty },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ]
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  response.end()
}
