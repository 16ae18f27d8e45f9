import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it, test } from 'vitest'
import * as z from 'zod'
import { FindingsDocument } from '../../src/bundle/lint/findings-document.js'
import { rules } from '../../src/bundle/lint/rules.js'
import { asOf, failureOf, fleet, folderWith, type Run, temporaryFolder } from './run-fleet.js'

const fixtures = fileURLToPath(new URL('../fixtures/settings', import.meta.url))
const lint = (...args: string[]) => fleet(['settings', 'lint', ...args, ...asOf], { cwd: fixtures })

const schema = z.toJSONSchema(FindingsDocument)
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

it('publishes the JSON Schema of the document', async () => {
  const text = JSON.stringify({ title: 'fleet.findings/v1', ...schema }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot('../../templates/schemas/fleet.findings.v1.schema.json')
})

/** The document that was printed, with what holds for every one. */
function documentOf(run: Run): FindingsDocument {
  expect(run.err).toBe('')
  const document = JSON.parse(run.out) as FindingsDocument
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  const { findings, counts, files } = document
  for (const [severity, count] of Object.entries(counts))
    expect(findings.filter((finding) => finding.severity === severity)).toHaveLength(count)
  const known = new Set(rules.map(({ id }) => id))
  const read = new Set(files.map(({ file }) => file))
  for (const { rule, file } of findings) {
    expect(known).toContain(rule)
    expect(read).toContain(file)
  }
  return document
}

const rulesIn = (document: FindingsDocument) => new Set(document.findings.map(({ rule }) => rule))

describe('on good settings', () => {
  test.each(readdirSync(join(fixtures, 'good')))('%s: no error', async (folder) => {
    const run = await lint(`good/${folder}`, '--json')
    const document = documentOf(run)
    expect(document.files.length).toBeGreaterThan(0)
    expect(document.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(run.exit).toBe(0)
  })
})

describe('on bad settings', () => {
  it('finds what every file was made for, and leaks no value', async () => {
    const run = await lint('bad', '--json')
    const document = documentOf(run)
    expect(run.exit).toBe(3)
    expect([...rulesIn(document)]).toEqual(
      expect.arrayContaining([
        'settings-dead-path',
        'drop-in-ignored',
        'server-cannot-carry',
        'registry-value-name',
        'registry-value-type',
        'registry-subkey',
        'registry-hive-shadow',
        'registry-user-hive',
        'registry-line-ignored',
        'profile-payload-twice',
        'payload-key-as-setting',
        'source-shadowed',
        'desktop-native-array',
        'desktop-key-unknown',
        'desktop-key-deprecated',
        'desktop-value-form',
        'desktop-wrong-type',
        'desktop-dotted-key',
        'desktop-deployment',
        'desktop-grpc',
        'desktop-telemetry-cleartext',
        'secret-in-settings',
      ]),
    )
    expect(run.out).not.toMatch(/c2VzYW1l|b3BlbiBz|sesame/)
  })

  it('gives the same bytes again, for any order of paths', async () => {
    const paths = readdirSync(join(fixtures, 'bad')).map((name) => `bad/${name}`)
    const [run, again, reversed] = await Promise.all([
      lint(...paths, '--json'),
      lint(...paths, '--json'),
      lint(...[...paths].reverse(), '--json'),
    ])
    expect(again.out).toBe(run.out)
    expect(reversed.out).toBe(run.out)
  })

  it('says it as text and SARIF too', async () => {
    const [text, sarif, json] = await Promise.all([
      lint('bad'),
      lint('bad', '--format', 'sarif'),
      lint('bad', '--format', 'json'),
    ])
    for (const run of [text, sarif, json]) expect([run.exit, run.err]).toEqual([3, ''])
    const document = documentOf(json)
    const log = JSON.parse(sarif.out) as { runs: { results: { ruleId: string; ruleIndex: number }[] }[] }
    const results = log.runs[0]!.results
    expect(results.map(({ ruleId }) => ruleId)).toEqual(document.findings.map(({ rule }) => rule))
    expect(results.map(({ ruleIndex }) => rules[ruleIndex]?.id)).toEqual(results.map(({ ruleId }) => ruleId))
    expect(text.out).toMatch(new RegExp(`^${document.counts.error} errors, .* rules looked at \\d+ files\\.$`, 'm'))
    for (const { rule } of document.findings) expect(text.out).toContain(rule)
    expect(text.out).not.toMatch(/c2VzYW1l|sesame/)
    for (const line of text.out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
  })
})

describe('the exit code', () => {
  const warning = { 'a.reg': readFileSync(join(fixtures, 'good', 'registry', 'ClaudeCode.reg'), 'utf8') }
  warning['a.reg'] = warning['a.reg'].replaceAll('HKEY_LOCAL_MACHINE', 'HKEY_CURRENT_USER')

  test.each([
    ['error', 0],
    ['warning', 3],
    ['note', 3],
    ['never', 0],
  ])('--fail-on %s gives %i for a warning', async (level, exit) => {
    const run = await fleet(['settings', 'lint', folderWith(warning), '--fail-on', level, ...asOf])
    expect([run.exit, run.err]).toEqual([exit, ''])
  })

  it('is 4 where a file is refused, and the others are still looked at', async () => {
    const folder = folderWith({ ...warning, 'b.mobileconfig': '<?xml version="1.0"?><plist><dict>' })
    const run = await fleet(['settings', 'lint', folder, '--json', ...asOf])
    const document = documentOf(run)
    expect(run.exit).toBe(4)
    expect(document.refused.map(({ code }) => code)).toEqual(['cut-off'])
    expect(document.files.length).toBeGreaterThan(0)
  })

  it('is 4 with one failure where nothing could be read', async () => {
    const folder = folderWith({ 'fleet.yaml': 'organization: Acme\n' })
    const named = await fleet(['settings', 'lint', join(folder, 'fleet.yaml'), '--json', ...asOf])
    expect(failureOf(named)).toMatchObject({ code: 'policy-given', exit: 4 })
    const whole = await fleet(['settings', 'lint', folder, '--json', ...asOf])
    expect(failureOf(whole)).toMatchObject({ code: 'no-settings', exit: 4 })
    const missing = await fleet(['settings', 'lint', 'missing.json', '--json', ...asOf])
    expect(failureOf(missing)).toMatchObject({ code: 'input-not-found', exit: 4 })
  })

  test.each([[[]], [['x.json', '--client', 'newest']], [['x.json', '--fail-on', 'all']], [['x.json', '--as', 'x']]])(
    'is 2 for wrong use: %j',
    async (args) => {
      const run = await fleet(['settings', 'lint', ...args, '--json'])
      expect(failureOf(run)).toMatchObject({ exit: 2 })
    },
  )
})

describe('what is out there', () => {
  const policy = folderWith({
    'ProgramData/ClaudeCode/managed-settings.json': '{"permissions":{"disableBypassPermissionsMode":"disable"}}',
    'claude-desktop/managed-settings.json': '{"otlpContentCapture":[],"blockReadsOutsideWorkingDirectories":true}',
  })
  const lintPolicy = async (...args: string[]) =>
    documentOf(await fleet(['settings', 'lint', policy, '--fail-on', 'never', '--json', ...asOf, ...args]))

  it('comes from --client', async () => {
    expect([...rulesIn(await lintPolicy('--client', '2.1.74'))]).not.toContain('settings-dead-path')
    const document = await lintPolicy('--client', '2.1.74,2.1.240')
    expect(document.versions.claudeCode).toEqual({ known: ['2.1.74', '2.1.240'], unreadable: 0 })
    const dead = document.findings.find(({ rule }) => rule === 'settings-dead-path')
    expect(dead?.versions).toEqual({ range: '>=2.1.75', affected: ['2.1.240'], given: 2 })
    expect(dead?.since).toBe('2.1.75')
  })

  it('comes from --scan, with what cannot be read', async () => {
    const acme = fileURLToPath(new URL('../../templates/samples/acme', import.meta.url))
    const scan = join(temporaryFolder(), 'scan.json')
    const made = await fleet(['scan', acme, '--output', scan, ...asOf])
    expect(made.exit).toBe(0)
    const document = await lintPolicy('--scan', scan)
    const { known, unreadable } = document.versions.claudeDesktop
    expect(known.length).toBeGreaterThan(3)
    expect(unreadable).toBeGreaterThan(0)
    const tooNew = document.findings.find(({ rule }) => rule === 'desktop-key-too-new')
    expect(tooNew).toMatchObject({ severity: 'error', versions: { range: '<1.46388.1', given: known.length } })
    expect(tooNew?.versions?.affected?.length).toBeGreaterThan(0)
  })

  it('refuses what is no scan', async () => {
    const file = join(policy, 'claude-desktop/managed-settings.json')
    const run = await fleet(['settings', 'lint', policy, '--scan', file, '--json', ...asOf])
    expect(failureOf(run)).toMatchObject({ code: 'not-a-scan', exit: 4 })
  })
})

describe('the privacy tier', () => {
  const files = {
    'claude-desktop/managed-settings.json': '{"otlpContentCapture":["toolDetails"]}',
    'fleet.yaml': 'telemetry: { endpoint: "https://otel.acme.example", privacy: metadata }\n',
    'other.yaml': 'telemetry: { endpoint: "https://otel.acme.example", privacy: content }\n',
  }

  test.each([
    [[], 'metadata', true],
    [['--privacy', 'tool-details'], 'tool-details', false],
    [['--policy', 'other.yaml'], 'content', false],
    [['--policy', 'other.yaml', '--privacy', 'metadata'], 'metadata', true],
  ])('%j', async (args, tier, found) => {
    const run = await fleet(['settings', 'lint', 'claude-desktop', '--json', ...asOf, ...args], {
      cwd: folderWith(files),
    })
    const document = documentOf(run)
    expect(document.privacy).toBe(tier)
    expect(rulesIn(document).has('desktop-content-above-tier')).toBe(found)
  })
})

it('writes the result to a file, in the form of its ending, and shows text', async () => {
  const folder = folderWith({ 'managed-settings.json': '{"PayloadUUID":"x"}' })
  const run = await fleet(['settings', 'lint', 'managed-settings.json', '--output', 'out.sarif', ...asOf], {
    cwd: folder,
  })
  expect(run.err).toBe('Wrote out.sarif (sarif).\n')
  expect(run.out).toMatch(/rules looked at 1 file\.\n$/)
  const log = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')) as { version: string }
  expect(log.version).toBe('2.1.0')
  expect(statSync(join(folder, 'out.sarif')).mode & 0o777).toBe(0o600)
  const over = await fleet(['settings', 'lint', 'managed-settings.json', '--output', 'managed-settings.json'], {
    cwd: folder,
  })
  expect(over.exit).toBe(5)
})

it('lists the rules for no file: nothing that was named is passed over', async () => {
  for (const args of [
    ['--rules', 'good'],
    ['missing.json', '--rules'],
  ]) {
    const run = await fleet(['settings', 'lint', ...args, '--json'], { cwd: fixtures })
    expect(failureOf(run)).toMatchObject({
      code: 'wrong-use',
      exit: 2,
      message: expect.stringMatching(/^--rules lists/),
    })
  }
})

it.skipIf(process.platform === 'win32')('gives advice about a pipe that this command can follow', async () => {
  const folder = folderWith({})
  execFileSync('mkfifo', [join(folder, 'fifo.json')])
  const run = await fleet(['settings', 'lint', 'fifo.json', '--json', ...asOf], { cwd: folder })
  expect(failureOf(run)).toMatchObject({ code: 'input-not-a-file', exit: 4 })
  expect(failureOf(run).tryThis?.[0]).toMatch(/^Save the data as a file/)
})

it('lists the rules', async () => {
  const [table, json] = await Promise.all([
    fleet(['settings', 'lint', '--rules']),
    fleet(['settings', 'lint', '--rules', '--json']),
  ])
  expect([table.exit, json.exit]).toEqual([0, 0])
  const listed = JSON.parse(json.out) as { schema: string; rules: { id: string; checked: string }[] }
  expect(listed.schema).toBe('fleet.rules/v1')
  expect(listed.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id))
  for (const { id } of rules) expect(table.out).toContain(id)
})

it('shows hostile names and values as what they are', async () => {
  const key = 'a\u202eb\u001b[2J\u0007'
  const folder = folderWith({ 'managed-settings.json': JSON.stringify({ [key]: 1, env: { [key]: 5 } }) })
  for (const format of ['text', 'json', 'sarif']) {
    const run = await fleet(['settings', 'lint', folder, '--format', format, '--fail-on', 'never', ...asOf])
    expect(run.exit).toBe(0)
  }
})
