import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { KindAdvice } from '../../src/bundle/kind-advice.js'
import { type Finding, lint } from '../../src/bundle/lint/lint.js'
import type { LintContext, Rule } from '../../src/bundle/lint/rule.js'
import { type ReadSettings, readSettings } from '../../src/bundle/read-settings.js'
import type { SettingsKind } from '../../src/bundle/settings-kind.js'

const own: string[] = []
afterAll(() => {
  for (const folder of own.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Content of files by path; what is no text and no bytes is written as JSON. */
export type SettingsFiles = Readonly<Record<string, unknown>>

/** A new folder with the files; it is removed after the tests of the file. */
export function settingsFolder(files: SettingsFiles): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-settings-'))
  own.push(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    const raw = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(join(folder, path), raw ? content : JSON.stringify(content, null, 2))
  }
  return folder
}

/** What is read from a folder with the files, with names relative to it. */
export async function readFolder(files: SettingsFiles, options?: { as?: SettingsKind }): Promise<ReadSettings> {
  const folder = settingsFolder(files)
  return withoutFolder(await readSettings([folder], options), folder)
}

/** What is read when each file is named itself. */
export async function readNamed(
  files: SettingsFiles,
  options?: { as?: SettingsKind; advice?: KindAdvice },
): Promise<ReadSettings> {
  const folder = settingsFolder(files)
  const paths = Object.keys(files).map((path) => join(folder, path))
  return withoutFolder(await readSettings(paths, options), folder)
}

/** What some rules find in files that lie in one folder. */
export async function findingsIn(
  files: SettingsFiles,
  rules: readonly Rule[],
  context: Partial<LintContext> = {},
): Promise<Finding[]> {
  const { groups } = await readFolder(files)
  const standard = { codeVersions: [], desktopVersions: [], asOf: Date.parse('2026-11-20T00:00:00Z') }
  return groups.flatMap(({ files: ofGroup, hasFile }) => lint(ofGroup, rules, { ...standard, hasFile, ...context }))
}

/** A configuration profile with the payloads, each with its type and the XML of its keys. */
export function profileText(...payloads: readonly (readonly [type: string, keys: string])[]): string {
  const inner = payloads.map(
    ([type, keys], index) => `<dict>
<key>PayloadType</key><string>${type}</string>
<key>PayloadIdentifier</key><string>${type}.${index}</string>
<key>PayloadUUID</key><string>2F1E3C2A-0000-4000-8000-00000000000${index}</string>
<key>PayloadVersion</key><integer>1</integer>
${keys}
</dict>`,
  )
  return propertyListText(`<key>PayloadType</key><string>Configuration</string>
<key>PayloadContent</key>
<array>
${inner.join('\n')}
</array>`)
}

/** The keys of Apple's preferences payload for one domain. */
export function forcedText(domain: string, keys: string): string {
  return `<key>PayloadContent</key><dict><key>${domain}</key><dict><key>Forced</key><array><dict>
<key>mcx_preference_settings</key><dict>
${keys}
</dict></dict></array></dict></dict>`
}

/** A property list of one dictionary. */
export function propertyListText(keys: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
${keys}
</dict></plist>
`
}

/** A registry file of some keys, each with its lines. */
export function registryText(keys: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(keys).map(([key, lines]) => `[${key}]\r\n${lines.join('\r\n')}\r\n`)
  return `Windows Registry Editor Version 5.00\r\n\r\n${parts.join('\r\n')}`
}

/** A line that sets a text, escaped as regedit writes it. */
export function registryLine(name: string, text: string): string {
  return `"${name}"="${text.replace(/[\\"]/g, '\\$&')}"`
}

/** The file around an XML property list as a signature has it: DER, with the list in clear. */
export function signed(text: string): Uint8Array {
  const content = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x30, 0x82, 0x10, 0x00, 0x06, 0x09]), content, Buffer.from([0xa0, 0x82, 0x00])])
}

function withoutFolder(read: ReadSettings, folder: string): ReadSettings {
  const prefix = `${folder}/`
  const short = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)
  const named = <T extends { readonly file: string }>(entry: T): T => ({ ...entry, file: short(entry.file) })
  const byFile = new Map(read.files.map((file) => [file, named(file)]))
  return {
    files: [...byFile.values()],
    groups: read.groups.map((group) => ({ ...group, files: group.files.map((file) => byFile.get(file)!) })),
    refused: read.refused.map(named),
    passedOver: read.passedOver.map(named),
  }
}
