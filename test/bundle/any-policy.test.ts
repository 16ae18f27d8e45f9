import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BundleFile } from '../../src/bundle/artifact.js'
import { companionArtifacts, settingsArtifacts } from '../../src/bundle/artifacts/index.js'
import { runBooks } from '../../src/bundle/artifacts/run-books.js'
import type { BundlePlan } from '../../src/bundle/plan.js'
import { Failure } from '../../src/platform/failure.js'
import { Policy } from '../../src/policy/policy.js'
import { Secret } from '../../src/policy/secret-reference.js'
import { planOf } from '../builders/plan.js'

const hostile = [
  '"',
  "'",
  '`',
  '\\',
  '$(touch /tmp/x)',
  '$' + '{HOME}',
  '$SERIALNUMBER',
  '{{serialnumber}}',
  '%PATH%',
  ']]>',
  '<!--',
  '&amp;',
  '</string>',
  '‘x’',
  '“x”',
  '–',
  '—',
  '\u{1f600}',
  'é',
  'ÑÒÓÔ',
  '\u2028',
  '\u0085',
  'a\nb',
  '\r\n',
  '\t',
  '#',
  ': ',
  '- x',
  '|',
  '*',
  '__proto__',
  'constructor',
  '=',
  ',',
  ';',
  'FLEET_DATA',
  'EOF',
  '\ud800',
  '\u0000',
  '\u007f',
  ' ',
  '',
]
/** Mostly what people write, so that many policies get past the checks of single keys. */
const text = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._%é€’-]{0,9}[a-z]$/) },
  { weight: 1, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'B9'), fc.constantFrom(...hostile), fc.constantFrom('c', ''))
      .map((parts) => parts.join('')),
  },
)
const name = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{0,5}(?:[.-][a-z0-9]{1,3})?$/) },
  { weight: 1, arbitrary: text },
)
const platforms = fc.record(
  { macos: text.map((t) => `/${t}`), linux: text.map((t) => `/${t}`), windows: text.map((t) => `C:\\${t}`) },
  { requiredKeys: [] },
)
const optional = { requiredKeys: [] }

const anyPolicy = fc.record(
  {
    organization: text,
    telemetry: fc.record(
      {
        endpoint: fc.oneof(
          fc.constant('https://otel.example.com:4318'),
          text.map((t) => `https://otel.example.com/${t}`),
        ),
        protocol: fc.constantFrom('http/protobuf', 'http/json', 'grpc'),
        privacy: fc.constantFrom('metadata', 'tool-details', 'content', 'raw'),
        traces: fc.boolean(),
        headers: fc.dictionary(
          fc.oneof(fc.constantFrom('Authorization', 'X-A'), name),
          fc.oneof(
            fc.constant('env:TOKEN'),
            text.map((t) => `plain:${t}`),
            text.map((t) => `file:${t}`),
          ),
          { maxKeys: 2 },
        ),
        resourceAttributes: fc.dictionary(name, text, { maxKeys: 3 }),
        endpointAttributes: fc.dictionary(name, fc.constantFrom('serial', 'hostname', 'department', 'user'), {
          maxKeys: 2,
        }),
        certificateAuthority: platforms,
      },
      { requiredKeys: ['endpoint'] },
    ),
    hooks: fc.record(
      {
        required: fc.array(
          fc.record(
            {
              event: fc.constantFrom('PreToolUse', 'Stop'),
              matcher: text,
              command: fc.oneof(
                text.map((t) => `/${t}`),
                platforms,
              ),
            },
            { requiredKeys: ['event', 'command'] },
          ),
          { maxLength: 2 },
        ),
        managedOnly: fc.boolean(),
      },
      optional,
    ),
    plugins: fc.record(
      {
        marketplaces: fc.array(
          fc.record({
            name,
            source: fc.oneof(
              fc.record({ github: fc.constant('a/b'), ref: name }),
              text.map((t) => ({ git: `https://git.example/${t}` })),
            ),
          }),
          { maxLength: 2 },
        ),
        onlyThese: fc.boolean(),
      },
      optional,
    ),
    permissions: fc.record(
      { allow: fc.array(text, { maxLength: 2 }), deny: fc.array(text, { maxLength: 2 }), managedOnly: fc.boolean() },
      optional,
    ),
    mcp: fc.record(
      {
        allowed: fc.array(
          fc.oneof(
            fc.record({ command: fc.array(text, { maxLength: 3 }) }),
            text.map((t) => ({ url: `https://${t}` })),
          ),
          { maxLength: 2 },
        ),
      },
      optional,
    ),
    claudeCode: fc.record(
      {
        settings: fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 2 })), {
          maxKeys: 2,
        }),
      },
      optional,
    ),
    claudeDesktop: fc.record(
      {
        minimumVersion: fc.constantFrom('1.1.4173', '1.24012.9', '1.46388.4'),
        deployment: fc.constantFrom('first-party', 'third-party'),
        settings: fc.record(
          {
            organizationInstructions: text,
            allowedWorkspaceFolders: fc.array(text, { maxLength: 2 }),
            banner: fc.record({ enabled: fc.boolean(), text }),
            disableAutoUpdates: fc.boolean(),
          },
          optional,
        ),
      },
      optional,
    ),
    collector: fc.record(
      { hashIdentity: fc.boolean(), requiredAttributes: fc.array(name, { maxLength: 2 }) },
      optional,
    ),
  },
  optional,
)

/** Every file of a bundle, or the failure that refuses it with a reason. */
function filesOf(plan: BundlePlan): readonly BundleFile[] | Failure {
  try {
    const files = [...settingsArtifacts, ...companionArtifacts].flatMap((artifact) => [...artifact.files(plan)])
    return [...files, ...runBooks(plan, files)]
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function bytesOf({ content }: BundleFile): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** A text in the forms in which it could hide in a file. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret)
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  )
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...shifted].flatMap((form) => [
    Buffer.from(form),
    Buffer.from(form, 'utf16le'),
  ])
}

function holds(file: BundleFile, forms: readonly Buffer[]): boolean {
  // Base64 blocks are broken into lines.
  const whole = Buffer.from(bytesOf(file))
  const unbroken = Buffer.from(whole.toString('latin1').replaceAll(/[\r\n]/g, ''), 'latin1')
  return forms.some((form) => whole.includes(form) || unbroken.includes(form))
}

describe('any policy', () => {
  it('builds and reads back as meant, or is refused with a reason', () => {
    let built = 0
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const parsed = Policy.safeParse(policy)
        if (!parsed.success) return
        const files = filesOf(planOf(policy))
        if (files instanceof Failure) {
          expect(files.exit).toBe(4)
          expect(files.details.where?.path ?? files.details.tryThis?.length).toBeTruthy()
          return
        }
        built++
        for (const file of files) {
          expect(file.path).toMatch(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/)
          if (file.readBack && !isDeepStrictEqual(plain(file.readBack(bytesOf(file))), plain(file.data)))
            expect(file.readBack(bytesOf(file)), file.path).toEqual(file.data)
        }
        expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
      }),
      { numRuns: 600 },
    )
    // Many are refused, as they should be; that some get through is what gives the rest its worth.
    expect(built).toBeGreaterThan(10)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  const canary = 'cAnAry-7b1e55-tok3n.of.nobody'
  const policy = {
    telemetry: { endpoint: 'https://otel.example.com:4318', headers: { Authorization: 'env:TOKEN' } },
    claudeDesktop: { deployment: 'third-party', minimumVersion: '1.46388.1' },
  }
  const secrets = new Map([['Authorization', new Secret(`Bearer ${canary}`)]])

  it('has its secret in no file, unless it was asked for; then only in files that are marked and for their owner', () => {
    const forms = formsOf(canary)
    const without = filesOf(planOf(policy)) as BundleFile[]
    expect(without.filter((file) => holds(file, forms))).toEqual([])
    expect(without.filter(({ secret }) => secret)).toEqual([])
    const files = filesOf(planOf(policy, { secrets })) as BundleFile[]
    const holding = files.filter((file) => holds(file, forms))
    expect(holding.length).toBeGreaterThan(8)
    for (const { path, secret, mode } of holding) expect([path, secret, mode]).toEqual([path, true, 0o600])
  })
})
