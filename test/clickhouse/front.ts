import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Session } from './engine.js'

/** What a server has and the engine in the process has not. */
export interface FrontOptions {
  readonly user?: string
  readonly password?: string
  /** As a user with the profile readonly = 1: no setting may be changed. */
  readonly settingsForbidden?: boolean
}

export interface Front {
  readonly url: string
  /** Every question, as it arrived. */
  readonly questions: { sql: string; parameters: Record<string, string>; settings: Record<string, string> }[]
  /** Bytes of answers as they went out. */
  sent(): number
  close(): Promise<void>
}

/** Of the HTTP interface's own parameters, those that are no settings of a question. */
const notSettings = new Set(['database', 'query_id', 'default_format', 'wait_end_of_query', 'session_id', 'query'])

/**
 * ClickHouse's HTTP interface in front of the engine: bound parameters, settings, a database, gzip, typed errors.
 * https://clickhouse.com/docs/interfaces/http (2026-11-21)
 */
export async function startFront(session: Session, options: FrontOptions = {}): Promise<Front> {
  const questions: Front['questions'] = []
  let sent = 0
  let turn: Promise<unknown> = Promise.resolve()

  const server = createServer((request, response) => {
    // Settings and parameters belong to the one session.
    turn = turn.then(() => answer(request, response)).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const given = new URL(request.url!, 'http://front').searchParams
    const sql = await questionOf(request, given)
    const parameters: Record<string, string> = {}
    const settings: Record<string, string> = {}
    for (const [name, value] of given) {
      if (name.startsWith('param_')) parameters[name] = value
      else if (!notSettings.has(name)) settings[name] = value
    }
    questions.push({ sql, parameters, settings })
    try {
      authenticate(request, options)
      if (options.settingsForbidden && Object.keys(settings).length > 0)
        throw new Error("Code: 164. DB::Exception: Cannot modify 'x' setting in readonly mode. (READONLY)")
      if (given.has('database')) session.query(`USE \`${given.get('database')}\``)
      for (const [name, value] of Object.entries(parameters)) session.query(`SET ${name} = ${literal(value)}`)
      const result = await session.queryAsync(withSettings(sql, settings), { format: 'JSONEachRow' })
      const zipped = settings.enable_http_compression === '1' && /gzip/.test(request.headers['accept-encoding'] ?? '')
      const bytes = zipped ? gzipSync(result.bytes()) : result.bytes()
      sent += bytes.length
      response.writeHead(200, zipped ? { 'Content-Encoding': 'gzip' } : {}).end(bytes)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const code = /Code: (\d+)/.exec(text)?.[1] ?? '1000'
      response.writeHead(statusOf(code), { 'X-ClickHouse-Exception-Code': code }).end(text)
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    sent: () => sent,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** The question in the body; or, with long parameters, one of the parts of a form, as are the parameters. */
async function questionOf(request: IncomingMessage, given: URLSearchParams): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const body = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return body.toString('utf8')
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  for (const [name, value] of form) given.set(name, String(value))
  return given.get('query') ?? ''
}

function authenticate(request: IncomingMessage, { user, password = '' }: FrontOptions): void {
  if (user === undefined) return
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (request.headers.authorization !== expected)
    throw new Error(
      `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
    )
}

/** Settings of one question only, which come after its FORMAT. */
function withSettings(sql: string, settings: Readonly<Record<string, string>>): string {
  const list = Object.entries(settings).map(([name, value]) => `${name} = ${literal(value)}`)
  return list.length === 0 ? sql : `${sql.trimEnd().replace(/;$/, '')} SETTINGS ${list.join(', ')}`
}

function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function statusOf(code: string): number {
  if (code === '516') return 403
  return /^(?:60|81|46)$/.test(code) ? 404 : 500
}
