import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Failure } from '../../../src/platform/failure.js'
import { openDocument } from '../../../src/report/documents/open-document.js'
import { openDocuments } from '../../../src/report/documents/read-documents.js'
import { fileWith } from '../../builders/planning.js'

const folder = mkdtempSync(join(tmpdir(), 'fleet-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

const written = (name: string, bytes: string | Uint8Array) => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
const failing = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => {
      expect(error).toBeInstanceOf(Failure)
      const { code, exit, details } = error as Failure
      expect(details.tryThis?.length, code).toBeGreaterThan(0)
      return [code, exit]
    },
  )
const document = (schema: string, more: object = {}) => fileWith({ schema, ...more })

describe('a document', () => {
  it.each(['scan', 'plan', 'verdict', 'evidence'])('that is a %s is recognised by its schema', async (kind) => {
    const file = document(`fleet.${kind}/v1`)
    expect(await openDocument(file)).toMatchObject({ kind, file })
  })

  it('is recognised in UTF-16, with a mark, and with its schema behind a long list', async () => {
    const text = JSON.stringify({ schema: 'fleet.verdict/v1' })
    expect(await openDocument(written('le.json', Buffer.from(`\ufeff${text}`, 'utf16le')))).toMatchObject({
      kind: 'verdict',
    })
    expect(await openDocument(written('bom.json', `\ufeff${text}`))).toMatchObject({ kind: 'verdict' })
    const endpoints = Array.from({ length: 20_000 }, (_, id) => ({ id: `ENDPOINT-${id}` }))
    expect(await openDocument(fileWith({ endpoints, schema: 'fleet.scan/v1' }))).toMatchObject({ kind: 'scan' })
  })

  it.each([
    ['a table', 'Device name,Serial\nPC-1,S1\n', 'not-a-document'],
    ['a page', '<!doctype html><title>Sign in</title>', 'not-a-document'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0, 0, 0, 0, 0]), 'not-a-document'],
    ['an export', '{"results":[{"id":1}]}', 'unknown-document'],
    ['a list', '[{"schema":"fleet.scan/v1"}]', 'unknown-document'],
    ['another document of fleet', '{"schema":"fleet.findings/v1"}', 'unknown-document'],
    ['a newer document', '{"schema":"fleet.plan/v2"}', 'newer-document'],
  ])('that is %s is refused', async (name, bytes, code) => {
    expect(await failing(openDocument(written(`${name}.x`, bytes)))).toEqual([code, 4])
  })

  it('is told by its own schema only where that is one of ours', async () => {
    const hostile = openDocument(document('fleet.x\u001b[31m/v1 https://x.example'))
    const message = await hostile.then(String, (error: Failure) => error.message)
    expect(message).toBe('This is no document of fleet that a report can show.')
  })

  it('that is not there, or a folder without a plan, is refused', async () => {
    expect(await failing(openDocument(join(folder, 'none.json')))).toEqual(['input-not-found', 4])
    expect(await failing(openDocument(folder))).toEqual(['no-plan-in-folder', 4])
  })
})

describe('documents together', () => {
  const [scan, plan, verdict, evidence] = ['scan', 'plan', 'verdict', 'evidence'].map((kind) =>
    document(`fleet.${kind}/v1`),
  )

  it('come in any order, with several verdicts', async () => {
    const opened = await openDocuments([verdict!, plan!, evidence!, verdict!, scan!])
    expect(opened).toMatchObject({ scan: { file: scan }, plan: { file: plan }, evidence: { file: evidence } })
    expect(opened.verdicts).toHaveLength(2)
  })

  it.each([
    ['no scan', [plan], 'no-scan'],
    ['two scans', [scan, scan], 'two-scans'],
    ['two plans', [scan, plan, plan], 'document-twice'],
    ['evidence twice', [scan, evidence, evidence], 'document-twice'],
    ['stdin twice', ['-', '-'], 'stdin-twice'],
  ])('that are %s are wrong use', async (_, paths, code) => {
    expect(await failing(openDocuments(paths as string[]))).toEqual([code, 2])
  })
})
