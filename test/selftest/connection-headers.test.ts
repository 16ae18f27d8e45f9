import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { MachinePlatform } from '../../src/platform/machine.js'
import { Telemetry } from '../../src/policy/telemetry.js'
import { managedEnvironment, namedRoots } from '../../src/selftest/connection-environment.js'
import { type HeadersToSend, headersToSend } from '../../src/selftest/connection-headers.js'
import {
  type BuiltMachine,
  buildMachine,
  canChangeOwners,
  type FileSpec,
  type MachineSpec,
} from '../builders/machine.js'
import { hasOpenssl, makeAuthority } from './certificates.js'

const built: BuiltMachine[] = []
afterEach(async () => {
  await Promise.all(built.splice(0).map(({ remove }) => remove()))
})

async function machineWith(files: Record<string, FileSpec>, more: Partial<MachineSpec> = {}): Promise<BuiltMachine> {
  const made = await buildMachine({
    platform: 'linux',
    now: '2026-11-18T08:00:00Z',
    installed: '2026-11-10T08:00:00Z',
    users: [{ name: 'first' }],
    files,
    ...more,
  })
  built.push(made)
  return made
}

const telemetry = Telemetry.parse({
  endpoint: 'https://collector.example.com',
  headers: { Authorization: 'env:FLEET_OTLP_AUTHORIZATION', 'X-Team': 'plain:it' },
})
const file = '/etc/fleet/otel-headers.json'
const value = 'Bearer not-a-real-token'
const good = JSON.stringify({ authorization: value, 'X-Team': 'it' })

async function headersOf(made: BuiltMachine, settings = {}, environment = {}): Promise<HeadersToSend> {
  const found = await headersToSend(telemetry, made.machine, { settings, environment, folder: '.' })
  expect(JSON.stringify(found)).not.toContain('not-a-real')
  return found
}

function revealed(found: HeadersToSend): Record<string, string> {
  if (found.kind === 'missing') throw new Error(found.why)
  return Object.fromEntries([...found.headers].map(([name, secret]) => [name, secret.reveal()]))
}

describe('the headers that clients send', () => {
  it('come from the headers file, as the helper gives them', async () => {
    const found = await headersOf(await machineWith({ [file]: { content: good, mode: 0o640 } }))
    expect(found).toMatchObject({ kind: 'known', from: file })
    expect(revealed(found)).toEqual({ authorization: value, 'X-Team': 'it' })
  })

  it('come from the settings in force where they stand there', async () => {
    const settings = { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=${value}=,X-Team=it` }
    const found = await headersOf(await machineWith({ [file]: good }), settings)
    expect(found).toMatchObject({ from: 'the settings in force' })
    expect(revealed(found)).toEqual({ Authorization: `${value}=`, 'X-Team': 'it' })
  })

  it('come from the references of the policy where there is no file', async () => {
    const made = await machineWith({})
    const found = await headersOf(made, {}, { FLEET_OTLP_AUTHORIZATION: value })
    expect(revealed(found)).toEqual({ Authorization: value, 'X-Team': 'it' })
    expect(await headersOf(made)).toEqual({
      kind: 'missing',
      why: `${file} is not there, and env:FLEET_OTLP_AUTHORIZATION of the policy gives nothing here`,
    })
  })

  it('need no place where the policy has none, or only plain ones', async () => {
    const { machine } = await machineWith({})
    const places = { settings: {}, environment: {}, folder: '.' }
    const none = Telemetry.parse({ endpoint: 'https://collector.example.com' })
    expect(await headersToSend(none, machine, places)).toMatchObject({ kind: 'known', from: 'the policy has none' })
    const plain = Telemetry.parse({ endpoint: 'https://collector.example.com', headers: { 'X-Team': 'plain:it' } })
    expect(revealed(await headersToSend(plain, machine, places))).toEqual({ 'X-Team': 'it' })
  })

  it.each<[string, FileSpec, string]>([
    ['lacks a header', JSON.stringify({ 'X-Team': 'it' }), `${file} has no Authorization`],
    ['is no JSON', '{', `${file} holds no JSON object of texts`],
    ['is a list', '[]', `${file} holds no JSON object of texts`],
    ['holds a number', '{"authorization": 1}', `${file} holds no JSON object of texts`],
    [
      'holds a line break',
      '{"authorization": "a\\r\\nx: y"}',
      `a header of ${file} holds a character that HTTP does not allow`,
    ],
    [
      'can be written by others',
      { content: good, mode: 0o666 },
      `others can write to ${file}, so the helper refuses it`,
    ],
    ['is a folder', { folder: true }, `${file} is no regular file`],
    ['is a FIFO', { fifo: true }, `${file} is no regular file`],
    ['is huge', { sparse: 100_000 }, `${file} is too large`],
  ])('are missing where the file %s', async (_, spec, why) => {
    const found = await headersOf(await machineWith({ [file]: spec }), {}, { FLEET_OTLP_AUTHORIZATION: value })
    expect(found).toEqual({ kind: 'missing', why })
  })

  it.runIf(canChangeOwners)('are missing where the file is not of root', async () => {
    const found = await headersOf(await machineWith({ [file]: { content: good, owner: 'first' } }))
    expect(found).toEqual({ kind: 'missing', why: `${file} does not belong to root, so the helper refuses it` })
  })

  it.runIf(!canChangeOwners)('cannot be had where the file is not for us', async () => {
    const made = await machineWith({ [file]: good })
    chmodSync(join(made.root, file), 0o000)
    expect(await headersOf(made)).toMatchObject({ why: expect.stringContaining('cannot be read by this user') })
  })
})

describe('the environment of the settings in force', () => {
  const plist = (variables: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>env</key><dict>${variables}</dict></dict></plist>`
  const env = (variables: Record<string, unknown>) => ({ json: { env: variables } })
  const remote = (platform: MachinePlatform) =>
    ({
      linux: '/home/first/.claude/remote-settings.json',
      macos: '/Users/first/.claude/remote-settings.json',
      windows: 'C:\\Users\\first\\.claude\\remote-settings.json',
    })[platform]
  it('is that of the file with its drop-ins, a later one before an earlier one', async () => {
    const { machine } = await machineWith({
      '/etc/claude-code/managed-settings.json': env({ A: 'file', B: 'file', NUMBER: 1 }),
      '/etc/claude-code/managed-settings.d/10.json': env({ B: 'ten', C: 'ten' }),
      '/etc/claude-code/managed-settings.d/20.json': env({ C: 'twenty' }),
      '/etc/claude-code/managed-settings.d/.30.json': env({ C: 'hidden' }),
    })
    expect(await managedEnvironment(machine)).toEqual({ A: 'file', B: 'ten', C: 'twenty' })
    expect(await managedEnvironment((await machineWith({})).machine)).toEqual({})
    const broken = await machineWith({ '/etc/claude-code/managed-settings.json': 'no JSON' })
    expect(await managedEnvironment(broken.machine)).toEqual({})
  })

  it('is that of the property list, of the machine before a person', async () => {
    const file = '/Library/Managed Preferences/com.anthropic.claudecode.plist'
    const ofPerson = '/Library/Managed Preferences/first/com.anthropic.claudecode.plist'
    const text = (name: string) => plist(`<key>HTTPS_PROXY</key><string>${name}</string>`)
    const both = await machineWith({ [file]: text('machine'), [ofPerson]: text('person') }, { platform: 'macos' })
    expect(await managedEnvironment(both.machine)).toEqual({ HTTPS_PROXY: 'machine' })
    const one = await machineWith({ [ofPerson]: text('person') }, { platform: 'macos' })
    expect(await managedEnvironment(one.machine)).toEqual({ HTTPS_PROXY: 'person' })
  })

  it('is that of the registry', async () => {
    const registry = [
      { hive: 'HKLM', key: 'SOFTWARE\\Policies\\ClaudeCode', name: 'Settings', text: '{"env":{"A":"machine"}}' },
      { hive: 'first', key: 'SOFTWARE\\Policies\\ClaudeCode', name: 'Settings', text: '{"env":{"A":"person"}}' },
    ]
    const made = await machineWith({}, { platform: 'windows', registry })
    expect(await managedEnvironment(made.machine)).toEqual({ A: 'machine' })
    const person = await machineWith({}, { platform: 'windows', registry: registry.slice(1), runAs: 'first' })
    expect(await managedEnvironment(person.machine)).toEqual({ A: 'person' })
    const administrator = await machineWith({}, { platform: 'windows', registry: registry.slice(1) })
    expect(await managedEnvironment(administrator.machine)).toEqual({})
  })

  it.each(['linux', 'macos', 'windows'] as const)(
    'never lets a user lead the connections of an administrator: %s',
    async (platform) => {
      const files = { [remote(platform)]: env({ HTTPS_PROXY: 'http://evil.example.com' }) }
      const asAdministrator = await machineWith(files, { platform })
      expect(await managedEnvironment(asAdministrator.machine)).toEqual({})
      const asUser = await machineWith(files, { platform, runAs: 'first' })
      expect(await managedEnvironment(asUser.machine)).toEqual({ HTTPS_PROXY: 'http://evil.example.com' })
    },
  )
})

describe.runIf(hasOpenssl())('the authority of the collector', () => {
  const withAuthority = Telemetry.parse({
    endpoint: 'https://collector.example.com',
    certificateAuthority: { linux: '/etc/otel/ca.pem' },
  })

  it('is that of the settings, else of the policy, else of this environment; links are followed', async () => {
    const certificate = makeAuthority('/CN=Example Root').certificate
    const text = `# ours\n${certificate}\nrest`
    const { machine, root } = await machineWith({
      '/etc/otel/ca.pem': { link: '../ssl/real.pem' },
      '/etc/ssl/real.pem': text,
      '/etc/ssl/two.pem': certificate + certificate,
    })
    expect(root).not.toBe('')
    const count = async (managed = {}, environment = {}) =>
      (await namedRoots(machine, withAuthority, managed, environment)).roots.length
    expect(await count()).toBe(1)
    expect(await count({ NODE_EXTRA_CA_CERTS: '/etc/ssl/two.pem' })).toBe(2)
    expect(await count({}, { NODE_EXTRA_CA_CERTS: '/etc/ssl/two.pem' })).toBe(1)
    expect((await namedRoots(machine, telemetry, {}, { NODE_EXTRA_CA_CERTS: '/etc/ssl/two.pem' })).roots).toHaveLength(
      2,
    )
    const grpc = { ...telemetry, protocol: 'grpc' as const }
    expect(
      (await namedRoots(machine, grpc, { OTEL_EXPORTER_OTLP_CERTIFICATE: '/etc/ssl/two.pem' }, {})).roots,
    ).toHaveLength(2)
    expect((await namedRoots(machine, grpc, { NODE_EXTRA_CA_CERTS: '/etc/ssl/two.pem' }, {})).roots).toHaveLength(0)
  })

  it.each<[string, Record<string, FileSpec>, string]>([
    ['missing', {}, '/etc/otel/ca.pem is not there'],
    ['no certificate', { '/etc/otel/ca.pem': 'hello' }, '/etc/otel/ca.pem holds no certificate'],
    [
      'a broken one',
      { '/etc/otel/ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
      '/etc/otel/ca.pem holds no certificate',
    ],
    ['a FIFO', { '/etc/otel/ca.pem': { fifo: true } }, '/etc/otel/ca.pem cannot be read'],
    ['a circle', { '/etc/otel/ca.pem': { link: 'ca.pem' } }, '/etc/otel/ca.pem cannot be read'],
  ])('says what is wrong with its file: %s', async (_, files, note) => {
    const { machine } = await machineWith(files)
    expect(await namedRoots(machine, withAuthority, {}, {})).toEqual({ roots: [], note })
  })
})
