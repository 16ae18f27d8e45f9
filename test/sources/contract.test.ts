import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/gates/catalogue.js'
import type { Endpoint, EndpointProbe, ProductStatus, Receipt } from '../../src/inventory/endpoint.js'
import { detectEncoding, type Encoding, toUtf8 } from '../../src/platform/encoding.js'
import { Policy } from '../../src/policy/policy.js'
import { endpointEntry } from '../../src/readiness/scan-document.js'
import { assess, createJudge } from '../../src/readiness/verdict.js'
import { sources } from '../../src/sources/index.js'
import type { FileReport } from '../../src/sources/read-exports.js'
import { tableHeader } from '../../src/sources/readers/table-header.js'
import { xmlShape } from '../../src/sources/readers/xml.js'
import { type Recognition, recognise } from '../../src/sources/recognise.js'
import type { Source } from '../../src/sources/source.js'
import { inputOf } from '../builders/input.js'
import { asOf, type Reading, readFileOf } from '../builders/reading.js'

const folderOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const fixtures = folderOf('../fixtures/sources')
const judge = createJudge(Policy.parse({}), catalogue, asOf)

interface Case {
  readonly source: string
  readonly name: string
  readonly folder: string
  readonly input: string
  readonly bytes: Buffer
}

const cases: readonly Case[] = foldersIn(fixtures).flatMap((source) =>
  foldersIn(`${fixtures}/${source}`).map((name) => {
    const folder = `${fixtures}/${source}/${name}`
    const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? 'no input'
    return { source, name, folder, input, bytes: readFileSync(`${folder}/${input}`) }
  }),
)

describe('the registry', () => {
  it('names the files that export a source, and the fixture folders, and nothing else', async () => {
    const files = readdirSync(folderOf('../../src/sources')).filter((file) => file.endsWith('.ts'))
    const modules = files.filter((file) =>
      /^export const source\b/m.test(readFileSync(folderOf(`../../src/sources/${file}`), 'utf8')),
    )
    const ids = sources.map(({ id }) => id).sort()
    expect(modules.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual(ids)
    expect(foldersIn(fixtures)).toEqual(ids)
    for (const id of ids) {
      const module = (await import(`../../src/sources/${id}.ts`)) as { source: unknown }
      expect(module.source, id).toBe(sources.find((source) => source.id === id))
    }
  })

  it.each(sources)('$id says what it is, where it is described and how it is made', (source) => {
    expect(source.title).toMatch(/\S{3}/)
    expect(source.docs).toMatch(/^https:\/\/\S+$/)
    expect(source.howToExport.length).toBeGreaterThan(20)
    expect(source.uses.length).toBeGreaterThan(0)
    expect(new Set(source.uses).size).toBe(source.uses.length)
    expect(source.formats.length).toBeGreaterThan(0)
    expect(cases.filter((one) => one.source === source.id).length).toBeGreaterThan(1)
  })

  it('has no two sources of one title', () => {
    expect(new Set(sources.map(({ title }) => title)).size).toBe(sources.length)
  })
})

describe.each(cases)('$source/$name', ({ source, folder, input, bytes }) => {
  it('is recognised by its own source and no other', async () => {
    const head = await decoded(bytes)
    const recognition = recognise(head, sources)
    expect('source' in recognition && recognition.source.id).toBe(source)
    expect(sources.filter((one) => matches(one, recognition, head)).map(({ id }) => id)).toEqual([source])
  })

  const whole = readFileOf(input, bytes)

  it('reads to what is expected, twice', async () => {
    const text = describeReading(await whole)
    await expect(text).toMatchFileSnapshot(`${folder}/expected.json`)
    expect(describeReading(await readFileOf(input, bytes))).toBe(text)
  })

  it('accounts for all records of any beginning of the file, and invents nothing ready', async () => {
    const all = (await whole).endpoints
    for (const part of [3, 7, 11]) {
      const { report, endpoints } = await readFileOf(input, bytes.subarray(0, Math.floor((bytes.length * part) / 12)))
      expectAccounted(report)
      for (const endpoint of endpoints.filter(isReady)) {
        const known = all.filter(({ desktop }) => desktop.status === 'installed').flatMap(identitiesOf)
        expect(known, `${part} twelfths`).toEqual(expect.arrayContaining(identitiesOf(endpoint)))
      }
    }
  })
})

describe('damaged copies of the fixtures', () => {
  const damage = fc.record({
    from: fc.constantFrom(...cases),
    // Bytes that mean something to one of the readers, and any others.
    byte: fc.oneof(fc.constantFrom(...Buffer.from('",;\t\r\n{}[]<>&\\\'\0=')), fc.integer({ min: 0, max: 255 })),
    places: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 8 }),
  })

  it('are read without a throw, to the last record, and give no version that was not there', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ from, byte, places }) => {
        const bytes = Buffer.from(from.bytes)
        for (const place of places) bytes[Math.floor(place * bytes.length)] = byte
        const { report, endpoints } = await readFileOf(from.input, bytes)
        expectAccounted(report)
        const text = bytes.toString('utf8').replaceAll('\0', '')
        for (const { desktop } of endpoints.filter(isReady))
          if (desktop.status === 'installed') expect(text).toContain(desktop.deciding.version)
      }),
      { numRuns: 120 },
    )
  })

  it('are accounted for as any bytes are, read as any source', async () => {
    const piece = fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r\n',
      '{',
      '}',
      '[',
      ']',
      ':',
      '<a>',
      '</a>',
      'Claude',
      '1.1.4173',
      '\ufeff',
      'é',
    )
    const tail = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(piece, { maxLength: 30 }).map((list) => Buffer.from(list.join(''))),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.constantFrom(undefined, ...sources),
        tail,
        async (from, only, rest) => {
          // Whole beginnings of files, so that what follows is read as records of theirs.
          const head = from.bytes.subarray(0, from.bytes.indexOf(0x0a) + 1)
          const { report } = await readFileOf(from.input, Buffer.concat([head, rest]), { only })
          expectAccounted(report)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('leave the prototypes of the language alone', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const record = '{"device_id":"1","device_name":"A","serial_number":"EXAMPLE00001","__proto__":{"ready":true}}'
    await readFileOf('devices.json', `[${record},{"constructor":{"prototype":{"ready":true}}}]`)
    await readFileOf(
      'search.csv',
      'Computer Name,JSS Computer ID,Last Check-in,__proto__,constructor\nA,1,2026-11-19 08:00:00,x,y\n',
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect('ready' in {}).toBe(false)
  })
})

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** Whether a source, asked alone, takes what was found in a file. */
function matches(source: Source, found: Recognition, head: Uint8Array): boolean {
  return source.formats.some((format) => {
    if (format.kind === 'table') return found.kind === 'table' && format.matches(tableHeader(found.table.names))
    if (format.kind === 'json') return found.kind === 'json' && format.matches(found.shape)
    return found.kind === 'xml' && format.matches(xmlShape(head)?.root ?? '')
  })
}

function isReady(endpoint: Endpoint): boolean {
  return assess(endpoint, judge).state === 'ready'
}

function identitiesOf({ records }: Endpoint): string[] {
  return records.flatMap(({ deviceId, serial }) => [deviceId, serial]).filter((identity) => identity !== undefined)
}

function expectAccounted(report: FileReport): void {
  expect(report.counted + report.rejected).toBe(report.records)
  expect([...report.rejectedBy.values()].reduce((sum, count) => sum + count, 0)).toBe(report.rejected)
  expect(report.format === undefined).toBe(report.problem !== undefined)
}

async function decoded(bytes: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const encoding = detectEncoding(bytes, true) as Encoding
  for await (const chunk of toUtf8(inputOf('fixture', bytes).open(), encoding)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Everything that came of a file, as text that people can check against it: one line for each fact. */
function describeReading({ report, inventory, endpoints }: Omit<Reading, 'reports'> & { report: FileReport }): string {
  const { format, encoding, records, counted, rejected, problem } = report
  const told = {
    format,
    encoding,
    records,
    counted,
    rejected,
    rejects: report.rejects.map(
      ({ record, line, reason }) => `record ${record}${line ? `, line ${line}` : ''}: ${reason}`,
    ),
    problem: problem && { ...problem },
    notices: report.notices.map(
      ({ code, records: times, firstRecord }) =>
        code + (times === 0 ? '' : `: ${times}, first in record ${firstRecord}`),
    ),
    pages: report.pages.map((page) =>
      page.kind === 'total'
        ? `${page.marker}: ${page.read} of ${page.total}`
        : `${page.marker}: ${page.more ? 'another page follows' : 'last page'}`,
    ),
    lookAlikes: [...report.lookAlikes.values()].map(({ name, why, rows }) => `${name}: ${why}, ${rows}`).sort(),
    shared: inventory.shared.map(({ kind, value, why }) => `${kind} ${value}: ${why}`),
    endpoints: endpoints.map(describeEndpoint),
  }
  const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0)
  const kept = Object.entries(told).filter(([name, value]) => name === 'endpoints' || !isEmpty(value))
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`
}

function describeEndpoint(endpoint: Endpoint): Record<string, unknown> {
  const verdict = assess(endpoint, judge)
  const { id, lastSeen, records, extensionAttributes, ...entry } = endpointEntry(endpoint, verdict)
  const { serial, hardwareUuid, hostname, platform, osVersion, user, email, department, site, groups } = entry
  const facts = { serial, hardwareUuid, hostname, platform, osVersion, user, email, department, site, groups }
  return {
    id,
    is: Object.entries(facts)
      .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`))
      .join(' | '),
    ...(extensionAttributes === undefined ? {} : { extensionAttributes }),
    ...(endpoint.probe === undefined ? {} : { probe: describeProbe(endpoint.probe) }),
    lastSeen,
    desktop: describeProduct(endpoint.desktop),
    code: describeProduct(endpoint.code),
    state: [verdict.state, ...verdict.reasons.map((reason) => reason.code)].join(' '),
    records: records.map(({ record, product, deviceId, serial: own, appsAsOf, apps }) =>
      [`${product} ${record}`, `device ${deviceId}`, `serial ${own}`, `apps ${apps}`, `of ${appsAsOf}`]
        .filter((part) => !part.endsWith('undefined'))
        .join(', '),
    ),
  }
}

function describeProbe({ reading, receipt, asOf }: EndpointProbe): string {
  const taken = asOf === undefined ? 'nobody knows when' : new Date(asOf).toISOString()
  return `${reading.kind}${reading.kind === 'line' ? ` ${reading.word}` : ''}, taken ${taken} (${place(receipt)})`
}

function describeProduct(status: ProductStatus): string | string[] {
  if (status.status === 'unknown')
    return `unknown: ${status.reason}${status.receipt ? ` (${place(status.receipt)})` : ''}`
  if (status.status === 'absent') return `absent (${place(status.receipt)})`
  const copies = status.copies.map((copy) =>
    [
      copy === status.deciding ? 'decides:' : 'also:',
      copy.parsed.kind === 'version' ? copy.parsed.normal : `unreadable, ${copy.parsed.reason}`,
      `(${place(copy.receipt)})`,
      copy.path ?? '',
      ...copy.notes,
    ]
      .filter((part) => part !== '')
      .join(' '),
  )
  return copies.length === 1 ? copies[0]!.replace('decides:', 'installed:') : copies
}

function place({ record, field, value }: Receipt): string {
  return `record ${record}, ${field}: ${JSON.stringify(value)}`
}
