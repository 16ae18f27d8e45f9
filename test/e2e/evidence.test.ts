import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { EvidenceDocument } from '../../src/telemetry/evidence-document.js'
import { Random } from '../../templates/samples/random.js'
import { logRecords } from '../../templates/samples/telemetry/client-records.js'
import { logLine } from '../../templates/samples/telemetry/otlp-json.js'
import type { Client } from '../../templates/samples/telemetry/script.js'
import { goodHook, typicalRun } from '../../templates/samples/telemetry/typical-run.js'
import { hostileTexts } from '../builders/hostile-texts.js'
import {
  asOf,
  failureOf,
  fleet,
  folderWith,
  type Run,
  type RunOptions,
  root,
  shell,
  temporaryFolder,
} from './run-fleet.js'

const samples = join(root, 'templates', 'samples')
const archive = join(samples, 'acme-telemetry', 'archive')
const policy = ['--policy', join(samples, 'acme-telemetry', 'fleet.yaml')]

const schema = z.toJSONSchema(EvidenceDocument)
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

it('publishes the JSON Schema of the document', async () => {
  const text = JSON.stringify({ title: 'fleet.evidence/v1', ...schema }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot('../../templates/schemas/fleet.evidence.v1.schema.json')
})

/** The document that was printed, with what holds for every one. */
function documentOf(run: Run): EvidenceDocument {
  expect(run.err).toBe('')
  const document = JSON.parse(run.out) as EvidenceDocument
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  const { read, counted, duplicates, canary, beforeWindow, afterWindow } = document.input
  expect(counted + duplicates + canary + beforeWindow + afterWindow).toBe(read)
  const ids = document.endpoints.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].sort())
  return document
}

const scanned = temporaryFolder()
const scan = ['--scan', join(scanned, 'scan.json')]
let inventory: ScanDocument
beforeAll(async () => {
  const run = await fleet(['scan', join(samples, 'acme'), ...policy, ...asOf, '--json', '--output', 'scan.json'], {
    cwd: scanned,
  })
  expect(run.exit).toBe(0)
  inventory = JSON.parse(readFileSync(join(scanned, 'scan.json'), 'utf8')) as ScanDocument
})

const evidence = (args: readonly string[], options: RunOptions = {}) =>
  fleet(['evidence', ...args, ...policy, ...asOf], options)

describe('on the sample company', () => {
  let run: Run
  let document: EvidenceDocument
  beforeAll(async () => {
    run = await evidence([archive, ...scan, '--json'])
    document = documentOf(run)
  })
  const statusOf = (status: string) => document.endpoints.filter((endpoint) => endpoint.status === status)

  it('says something of every endpoint of the scan', () => {
    expect(document.endpoints.map(({ id }) => id)).toEqual(inventory.endpoints.map(({ id }) => id))
    const ready = document.endpoints.filter(({ state }) => state === 'ready')
    const proven = ready.filter(({ status }) => status === 'proven')
    expect(proven.length / ready.length).toBeGreaterThan(0.75)
    for (const status of ['silent', 'contradicted', 'unknown']) expect(statusOf(status).length).toBeGreaterThan(0)
  })

  it('ends with 7, because content got past the policy', () => {
    expect(document.redaction.verdict).toBe('leak')
    expect(run.exit).toBe(7)
    // What it was is in no output.
    expect(run.out).not.toContain('clause 7')
  })

  it('finds each kind of contradiction, and where an upgrade ended the telemetry', () => {
    const codes = new Set(statusOf('contradicted').flatMap(({ reasons }) => reasons.map(({ code }) => code)))
    expect([...codes].sort()).toEqual(['foreign-hook', 'lower-version', 'other-policy', 'settings-refused'])
    const dark = document.endpoints.flatMap((endpoint) => (endpoint.dark ? [endpoint.dark.to] : []))
    expect(new Set(dark)).toEqual(new Set(['2.9939.2']))
    expect(dark.length).toBeGreaterThan(10)
  })

  it('finds who is in no inventory', () => {
    const text = JSON.stringify(document.ghosts)
    expect(text).toContain('ACM0BUILD77')
    expect(text).toContain('contractor-014@acme.example')
  })

  it('finds hooks that fail open, a server that nobody approved, and a bypass', () => {
    const failing = document.hooks.executions.rows.map(({ failingOpen }) => failingOpen.hooks)
    expect(failing.some((hooks) => hooks > 0)).toBe(true)
    expect(document.tools.violations.rows.map(({ name }) => name)).toContain('notes')
    expect(document.permissionModes.risky.rows.map(({ mode }) => mode)).toContain('bypassPermissions')
  })

  it('is a table for people, that fits a page and shows no content', async () => {
    // A path is never broken, so they are short here.
    cpSync(join(samples, 'acme-telemetry'), join(scanned, 'acme'), { recursive: true })
    const short = ['acme/archive', '--scan', 'scan.json', '--policy', 'acme/fleet.yaml', ...asOf]
    const table = await fleet(['evidence', ...short], { cwd: scanned })
    expect([table.exit, table.err]).toEqual([7, ''])
    expect(table.out).toMatch(/proven/)
    expect(table.out).not.toContain('clause 7')
    for (const line of table.out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
  })

  it('is a row for every endpoint as CSV', async () => {
    const csv = await evidence([archive, ...scan, '--format', 'csv'])
    expect(csv.exit).toBe(7)
    expect(csv.out.trimEnd().split('\r\n')).toHaveLength(document.endpoints.length + 1)
  })

  it('gives the same bytes again, for any order of the files', async () => {
    const files = readdirSync(archive).map((name) => join(archive, name))
    const [again, other] = await Promise.all([
      evidence([archive, ...scan, '--json']),
      evidence([...files].reverse().concat(scan, '--json')),
    ])
    expect(again.out).toBe(run.out)
    expect(other.out).toBe(run.out)
  })

  it('reads packed, plain and from stdin alike', async () => {
    const unpacked = folderWith(
      Object.fromEntries(
        readdirSync(archive).map((name) => {
          const bytes = readFileSync(join(archive, name))
          return name.endsWith('.gz') ? [name.slice(0, -3), gunzipSync(bytes)] : [name, bytes]
        }),
      ),
    )
    const all = Buffer.concat(readdirSync(unpacked).map((name) => readFileSync(join(unpacked, name))))
    const [plain, stdin] = await Promise.all([
      evidence([unpacked, ...scan, '--json']),
      evidence(['-', ...scan, '--json'], { input: all }),
    ])
    const judged = (from: Run) => {
      const { input, warnings: _, ...rest } = documentOf(from)
      return { ...rest, counted: input.counted, read: input.read, duplicates: input.duplicates }
    }
    expect(judged(plain)).toEqual(judged(run))
    expect(judged(stdin)).toEqual(judged(run))
  })

  it('gives what it has without an inventory', async () => {
    const alone = documentOf(await evidence([archive, '--json']))
    expect(alone.endpoints).toEqual([])
    expect(alone.coverage).toBeUndefined()
    expect(alone.warnings.map(({ code }) => code)).toContain('no-scan')
    expect(alone.input).toEqual(document.input)
  })

  it('writes the file that scan reads back, and prints the table', async () => {
    const cwd = temporaryFolder()
    const written = await evidence([archive, ...scan, '--output', 'evidence.json'], { cwd })
    expect(written.err).toBe('Wrote evidence.json (json).\n')
    expect(readFileSync(join(cwd, 'evidence.json'), 'utf8')).toBe(run.out)
    expect(written.out).toMatch(/proven/)
  })

  it('takes a window', async () => {
    const week = documentOf(await evidence([archive, ...scan, '--json', '--since', '2026-11-13']))
    expect(week.input.read).toBe(document.input.read)
    expect(week.input.beforeWindow).toBeGreaterThan(0)
    expect(week.input.counted).toBeLessThan(document.input.counted)
    expect(Date.parse(week.window.first!)).toBeGreaterThanOrEqual(Date.parse('2026-11-13T00:00:00Z'))
  })

  it('fails under a share that is not met', async () => {
    // Without the file that leaks, so that only the share decides.
    const cwd = temporaryFolder()
    cpSync(archive, join(cwd, 'archive'), { recursive: true, filter: (name) => !name.includes('old-collector') })
    const [met, missed] = await Promise.all([
      evidence(['archive', ...scan, '--fail-under', '50', '--json'], { cwd }),
      evidence(['archive', ...scan, '--fail-under', '99', '--json'], { cwd }),
    ])
    expect([met.exit, missed.exit]).toEqual([0, 3])
    expect(missed.out).toBe(met.out)
  })
})

describe('a reader that goes away', () => {
  it.each(['', '--json', '--format csv'])('fleet evidence %s | head -1 ends quietly', async (words) => {
    const run = await shell(
      `fleet evidence ${archive} ${scan.join(' ')} ${policy.join(' ')} ${asOf.join(' ')} ${words} | head -1 >/dev/null; echo "exit \${PIPESTATUS[0]}"`,
    )
    expect([run.err, run.out]).toEqual(['', 'exit 7\n'])
  })
})

describe('wrong use', () => {
  it.each([
    ['nothing to read', [], 'no-input'],
    ['files and a database', [archive, '--clickhouse', 'http://127.0.0.1:1'], 'files-and-clickhouse'],
    ['stdin for two things', ['-', '--scan', '-'], 'stdin-twice'],
    ['a share of nothing', [archive, '--fail-under', '90'], 'no-scan'],
    ['no percent', [archive, ...scan, '--fail-under', '101'], 'bad-percent'],
    ['no time', [archive, '--since', 'yesterday'], 'bad-time'],
    ['an empty window', [archive, '--since', '2026-11-21'], 'empty-window'],
    ['a key instead of a reference', [archive, '--identity-key', 'letmein'], 'not-a-reference'],
    [
      'a password instead of a reference',
      ['--clickhouse', 'http://127.0.0.1:9', '--clickhouse-password', 'letmein'],
      'not-a-reference',
    ],
    ['a database without TLS', ['--clickhouse', 'http://clickhouse.example:8123'], 'clickhouse-not-encrypted'],
  ])('%s ends with 2', async (_, args, code) => {
    const run = await evidence([...args, '--json'])
    expect(failureOf(run)).toMatchObject({ code, exit: 2 })
    expect(run.out + run.err).not.toContain('letmein')
  })
})

it('a database that is not there ends with 4, in the program as it is shipped', async () => {
  const run = await evidence(['--clickhouse', 'http://127.0.0.1:9', '--json'])
  expect(failureOf(run)).toMatchObject({ code: 'clickhouse-unreachable', exit: 4 })
})

describe('what the evidence does to the next scan', () => {
  const folder = temporaryFolder()
  const again = (args: readonly string[], options: RunOptions = {}) =>
    fleet(
      ['scan', join(samples, 'acme'), ...policy, '--json', '--evidence', join(folder, 'evidence.json'), ...args],
      options,
    )
  let document: EvidenceDocument
  beforeAll(async () => {
    await evidence([archive, ...scan, '--output', join(folder, 'evidence.json')])
    document = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as EvidenceDocument
  })

  it('counts only what is proven as ready, and has a receipt for the rest', async () => {
    const { states, endpoints, telemetry } = JSON.parse((await again(asOf)).out) as ScanDocument
    const statuses = new Map(document.endpoints.map(({ id, status }) => [id, status]))
    const before = new Map(inventory.endpoints.map(({ id, state }) => [id, state]))
    for (const { id, state } of endpoints.filter((endpoint) => before.get(endpoint.id) === 'ready')) {
      const status = statuses.get(id)!
      expect([id, state]).toEqual([id, status === 'proven' ? 'ready' : status === 'unknown' ? 'unknown' : 'repair'])
    }
    expect(states.ready).toBe(
      [...statuses].filter(([id, status]) => status === 'proven' && before.get(id) === 'ready').length,
    )
    expect(telemetry?.proven).toBeGreaterThan(200)
    const silent = endpoints.find(({ reasons }) => reasons[0]?.code === 'telemetry-silent')!
    expect(document.endpoints[silent.reasons[0]!.receipt!.record - 1]?.id).toBe(silent.id)
  })

  it('is nothing, and no pass, when it is old', async () => {
    const { states, warnings } = JSON.parse((await again(['--as-of', '2026-11-28'])).out) as ScanDocument
    expect([states.ready, states.repair]).toEqual([0, 0])
    expect(warnings.map(({ code }) => code)).toContain('evidence-old')
  })
})

describe('the proof of a redaction', () => {
  it('needs what went in', async () => {
    const run = await evidence([archive, '--before', 'missing.jsonl', '--json'])
    expect(failureOf(run)).toMatchObject({ exit: 4 })
  })

  it('counts content before and after', async () => {
    const lines = readFileSync(join(archive, 'old-collector.jsonl'), 'utf8')
    const folder = folderWith({
      'before.jsonl': lines,
      'after.jsonl': lines.replaceAll('"key":"prompt"', '"key":"prompt_hash"'),
    })
    const run = await evidence([join(folder, 'after.jsonl'), '--before', join(folder, 'before.jsonl'), '--json'])
    const { redaction, input } = documentOf(run)
    expect(redaction.fields.find(({ field }) => field === 'prompt')).toMatchObject({
      present: 0,
      before: { present: 4 },
    })
    expect(input.before?.map(({ file }) => file)).toEqual([join(folder, 'before.jsonl')])
  })

  it('by a canary is none when the canary never arrived: 8; and 7 when a token got through', async () => {
    const folder = temporaryFolder()
    const canary = join(folder, 'canary.json')
    expect((await fleet(['evidence', 'canary', ...policy, '--output', canary])).exit).toBe(0)
    const clean = join(archive, 'metrics.jsonl')
    const never = await evidence([clean, '--canary', canary, '--json'])
    expect([never.exit, documentOf(never).redaction.canary?.verdict]).toEqual([8, 'unknown'])
    const arrived = `${JSON.stringify(JSON.parse(readFileSync(canary, 'utf8')))}\n${readFileSync(clean, 'utf8')}`
    const through = await evidence([
      join(folderWith({ 'logs.jsonl': arrived }), 'logs.jsonl'),
      '--canary',
      canary,
      '--json',
    ])
    expect([through.exit, documentOf(through).redaction.canary?.verdict]).toEqual([7, 'leak'])
  })
})

it('passes over an empty file in a folder, and says so', async () => {
  const folder = folderWith({ 'events.jsonl': readFileSync(join(archive, 'events.jsonl')), 'new.jsonl': '' })
  const run = await evidence([folder, '--json'])
  expect(run.exit).not.toBe(4)
  expect(documentOf(run).input.skipped).toEqual([{ file: `${folder}/new.jsonl`, reason: 'empty' }])
})

describe('input that cannot be read', () => {
  it('is refused with 4 where nothing is left', async () => {
    expect(failureOf(await evidence(['missing.jsonl', '--json']))).toMatchObject({ exit: 4 })
    expect(failureOf(await evidence([folderWith({ '.hidden': 'x' }), '--json']))).toMatchObject({ exit: 4 })
    expect(failureOf(await evidence([archive, '--scan', 'missing.json', '--json']))).toMatchObject({ exit: 4 })
    const noScan = join(folderWith({ 'scan.json': '{"schema":"fleet.plan/v1"}' }), 'scan.json')
    expect(failureOf(await evidence([archive, '--scan', noScan, '--json']))).toMatchObject({ exit: 4 })
  })

  it('ends with 4, and the rest is judged', async () => {
    const run = await evidence([join(archive, 'events.jsonl'), 'missing.jsonl', '--json'])
    const document = documentOf(run)
    expect(run.exit).toBe(4)
    expect(document.input.counted).toBeGreaterThan(0)
    expect(document.warnings.map(({ file }) => file)).toContain('missing.jsonl')
  })

  it('is counted line by line where only lines are broken', async () => {
    const good = readFileSync(join(archive, 'events.jsonl'), 'utf8')
    const bad = `${good.slice(0, 5000)}\nnot json\n{"other":"document"}\n\n${good}`
    const [run, alone] = await Promise.all([
      evidence(['-', '--json'], { input: bad }),
      evidence(['-', '--json'], { input: good }),
    ])
    const document = documentOf(run)
    expect(run.exit).toBe(alone.exit)
    expect(document.input.counted).toBe(documentOf(alone).input.counted)
    const [file] = document.input.files!
    expect(Object.values(file!.badLines).reduce((sum, lines) => sum + lines, 0)).toBe(3)
  })

  it('is a truncated gzip that gives what it had, with 4', async () => {
    const name = readdirSync(archive).find((each) => each.startsWith('security-'))!
    const bytes = readFileSync(join(archive, name))
    const folder = folderWith({ 'security.jsonl.gz': bytes.subarray(0, bytes.length / 2) })
    const run = await evidence([folder, '--json'])
    expect(run.exit).toBe(4)
    expect(documentOf(run).input.counted).toBeGreaterThan(0)
  })
})

describe('hostile names', () => {
  /** Telemetry in which every name that people may choose breaks out of something. */
  function hostileLines(): string {
    const random = new Random('hostile')
    return hostileTexts
      .concat(['\u001b[31mred\u001b[0m', '=1+1', '| a | b |', '<script>', 'x'.repeat(400)])
      .map((text) => {
        const client: Client = {
          service: 'claude-code',
          version: text,
          osType: 'linux',
          osVersion: text,
          attributes: { 'fleet.policy': text, 'endpoint.serial': text, department: text },
          installation: text,
          terminal: text,
          email: text,
        }
        const tool = { tool: text, parameters: { mcp_server_name: text, mcp_tool_name: text }, scope: text }
        const run = typicalRun(random, client, {
          ...{ start: Date.UTC(2026, 10, 18), prompts: 1, calls: 2, tools: [tool], hook: goodHook, text },
          atStart: [
            { event: 'hook_registered', hookEvent: text, hookType: text, hookSource: text },
            {
              ...({ event: 'plugin_loaded', plugin: text, marketplace: text, version: text } as const),
              ...{ scope: text, enabledVia: text },
            },
          ],
          atEnd: [{ event: 'permission_mode_changed', from: text, to: text, trigger: text }],
          session: text,
        })
        return `${logLine(logRecords(run), { writer: 'collector' })}\n`
      })
      .join('')
  }

  it('reach no terminal and no spreadsheet, in no form', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), hostileLines())
    for (const format of ['table', 'json', 'csv']) {
      // `fleet` itself checks that nothing unsafe is shown.
      const run = await evidence(['a.jsonl', ...scan, '--format', format], { cwd })
      expect([0, 7], run.err).toContain(run.exit)
      expect(run.out.length).toBeGreaterThan(100)
      if (format === 'csv') expect(run.out).not.toMatch(/(?:^|,)"?[=+@]/m)
    }
  })
})
