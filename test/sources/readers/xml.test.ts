import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createXmlReader, sizeOf, xmlDepthLimit, xmlShape } from '../../../src/sources/readers/xml.js'

const prototypeKeys = Reflect.ownKeys(Object.prototype)
afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeKeys)
})

const lists = new Map([
  ['computers', 'computer'],
  ['applications', 'application'],
  ['versions', 'version'],
])

interface Result {
  readonly records: unknown[]
  readonly places: string[]
  readonly faults: string[]
  readonly root: string | undefined
  readonly rest: unknown
}

async function readXml(
  file: string | Uint8Array,
  size = 1 << 20,
  record = 'computer',
  limit?: number,
): Promise<Result> {
  const records: unknown[] = []
  const places: string[] = []
  const faults: string[] = []
  const reader = await createXmlReader(
    { recordElement: (path) => path.at(-1) === record, lists, ...(limit === undefined ? {} : { limit }) },
    {
      record(value, number, line) {
        records.push(value)
        places.push(`${number}:${line}`)
      },
      fault(fault) {
        expect(fault.rest).toBe(true)
        faults.push(`${fault.kind} ${fault.record}:${fault.line}`)
      },
    },
  )
  const bytes = Buffer.from(file)
  for (let at = 0; at < bytes.length; at += size) reader.write(Uint8Array.from(bytes.subarray(at, at + size)))
  const end = reader.end()
  expect(end.records).toBe(records.length)
  expect(end.faults).toBe(faults.length)
  return { records, places, faults, root: end.root, rest: end.rest }
}

async function readEveryWay(file: string | Uint8Array, record?: string): Promise<Result> {
  const whole = await readXml(file, 1 << 20, record)
  for (const size of [1, 2, 3, 7, 20]) expect(await readXml(file, size, record), `chunks of ${size}`).toEqual(whole)
  return whole
}

const jamf = `<?xml version="1.0" encoding="UTF-8"?>
<computers>
  <size>3</size>
  <computer>
    <id>0012</id>
    <name>A &amp; B &#65;&lt;</name>
    <software><applications><size>2</size>
      <application><name>Claude.app</name><version>1.10</version></application>
      <application><name>Slack.app</name><version/></application>
    </applications></software>
  </computer>
  <computer><id>1E10</id><software><applications><size>0</size></applications></software></computer>
</computers>
`

describe('records', () => {
  test('from a Classic API list', async () => {
    const { records, places, faults, root, rest } = await readEveryWay(jamf)
    expect(faults).toEqual([])
    expect(root).toBe('computers')
    expect(places).toEqual(['1:4', '2:12'])
    expect(records).toEqual([
      {
        id: '0012',
        name: 'A & B A<',
        software: {
          applications: [
            { name: 'Claude.app', version: '1.10' },
            { name: 'Slack.app', version: '' },
          ],
        },
      },
      { id: '1E10', software: { applications: [] } },
    ])
    expect(rest).toEqual({ computers: [] })
    expect(sizeOf((rest as { computers: unknown }).computers)).toBe('3')
    const first = records[0] as { software: { applications: unknown } }
    expect(sizeOf(first.software.applications)).toBe('2')
    expect(sizeOf([])).toBeUndefined()
    expect(sizeOf('x')).toBeUndefined()
  })

  test('lists of one, empty lists, and names that are used for something else', async () => {
    const one = async (inner: string): Promise<unknown> =>
      (await readEveryWay(`<computer>${inner}</computer>`)).records[0]
    expect(await one('<applications><application>x</application></applications>')).toEqual({ applications: ['x'] })
    expect(await one('<applications/>')).toEqual({ applications: [] })
    expect(await one('<applications> </applications>')).toEqual({ applications: [] })
    expect(await one('<applications>none</applications>')).toEqual({ applications: 'none' })
    expect(await one('<applications><application>x</application><other>y</other></applications>')).toEqual({
      applications: { application: 'x', other: 'y' },
    })
    expect(await one('<applications><application><applications/></application></applications>')).toEqual({
      applications: [{ applications: [] }],
    })
    expect(await one('<a>1</a><a>2</a><b><c/><c/></b>')).toEqual({ a: ['1', '2'], b: { c: ['', ''] } })
    expect(await one('<a>x<b>y</b>z</a>')).toEqual({ a: { b: 'y', '#text': 'xz' } })
    expect(await one('<a><![CDATA[<b>&]]>1<!-- no -->2<?pi no?></a>')).toEqual({ a: '<b>&12' })
    expect(await one('<a x="1" y="2">z</a>')).toEqual({ a: 'z' })
    expect(await one('<a>é😀\r\nb</a>')).toEqual({ a: 'é😀\nb' })
  })

  test('the root may be the record, and a record may be a text', async () => {
    const root = await readEveryWay('<computer><id>1</id></computer>')
    expect(root).toMatchObject({ records: [{ id: '1' }], rest: {}, root: 'computer', faults: [] })
    const texts = await readEveryWay('<a><b>1</b><b/><c>2</c></a>', 'b')
    expect(texts).toMatchObject({ records: ['1', ''], rest: { a: { c: '2' } }, faults: [] })
  })

  test('names of prototypes are data', async () => {
    const { records } = await readEveryWay(
      '<computer><__proto__><x>1</x></__proto__><constructor>2</constructor></computer>',
    )
    expect(Object.keys(records[0] as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('a DOCTYPE without subset is accepted', async () => {
    const file =
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/x.dtd"><computer>1</computer>'
    expect(await readEveryWay(file)).toMatchObject({ records: ['1'], faults: [] })
  })
})

describe('what is broken is told, and ends the reading', () => {
  test.each([
    ['nothing', '', 'cut-off 0:1', 0],
    ['no XML', 'hello', 'not-xml 0:1', 0],
    ['an internal subset', '<!DOCTYPE a [<!ENTITY x "y">]><a><computer>&x;</computer></a>', 'dtd 0:1', 0],
    ['an empty subset', '<!DOCTYPE a []><computer/>', 'dtd 0:1', 0],
    ['an entity', '<a><computer>1</computer><computer>&nbsp;</computer></a>', 'entity 2:1', 1],
    ['an entity named as a prototype key', '<computer>&constructor;</computer>', 'entity 1:1', 0],
    ['a wrong end tag', '<a><computer>1</computer><computer><b>2</computer></a>', 'not-xml 2:1', 1],
    ['the end tag of another element', '<a>\n<computer><b/></a>', 'not-xml 1:2', 0],
    ['an end in a record', '<a><computer>1</computer><computer><b>2', 'cut-off 2:1', 1],
    ['an end between records', '<a><computer>1</computer>\n', 'cut-off 1:2', 1],
    ['an end in a letter', Buffer.concat([Buffer.from('<computer>'), Buffer.from([0xc3])]), 'cut-off 1:1', 0],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from('<computer>'), Buffer.from([0xfc]), Buffer.from('</computer>')]),
      /^not-xml/,
      0,
    ],
    ['a second document', '<computer>1</computer><computer>2</computer>', 'extra-text 1:1', 1],
    ['text behind the end', '<computer>1</computer>x', 'extra-text 1:1', 1],
    ['a control character', '<computer>\u0001</computer>', 'not-xml 1:1', 0],
    ['deep nesting', `<computer>${'<a>'.repeat(xmlDepthLimit)}`, 'too-deep 1:1', 0],
    ['deep nesting outside records', '<a>'.repeat(100_000), 'too-deep 0:1', 0],
  ])('%s', async (_name, file, fault, records) => {
    for (const size of [1, 2, 5, 1 << 20]) {
      const result = await readXml(file, size)
      expect(result.faults).toHaveLength(1)
      if (typeof fault === 'string') expect(result.faults).toEqual([fault])
      else expect(result.faults[0]).toMatch(fault)
      expect(result.records).toHaveLength(records)
    }
  })

  test('sizes over the limit, inside and outside records, in any chunks', async () => {
    const long = 'x'.repeat(3000)
    const tooLong = [
      `<a><computer>1</computer><computer><b>${long}</b></computer></a>`,
      `<a><b>${long}</b></a>`,
      `<a>${'<b/>'.repeat(3000)}</a>`,
      `<a>${'x<!-- -->'.repeat(3000)}</a>`,
      `<a><!-- ${long} --></a>`,
      `<!DOCTYPE a "${long}"><a/>`,
      `<a><${long}/></a>`,
    ]
    for (const file of tooLong) {
      for (const size of [10, 100]) {
        expect((await readXml(file, size, 'computer', 1000)).faults[0], file.slice(0, 30)).toMatch(/^element-too-long/)
      }
    }
    const many = `<computers>${`<computer>${'y'.repeat(900)}</computer>\n `.repeat(50)}</computers>`
    for (const size of [10, 1 << 20]) expect(await readXml(many, size, 'computer', 1000)).toMatchObject({ faults: [] })
  })

  test('a cut off document still shows what it says of itself', async () => {
    const { rest, records } = await readEveryWay(jamf.slice(0, 330))
    expect(records).toEqual([])
    expect(sizeOf((rest as { computers: unknown }).computers)).toBe('3')
  })

  test('a document cut off anywhere is told, and gives no record that was not in it', async () => {
    const whole = await readXml(jamf)
    for (let length = 0; length < jamf.length; length++) {
      const { faults, records } = await readXml(jamf.slice(0, length), 11)
      expect(faults.length, jamf.slice(0, length)).toBe(length < jamf.trimEnd().length ? 1 : 0)
      expect(records).toEqual(whole.records.slice(0, records.length))
    }
  })
})

describe('properties', () => {
  const name = fc.constantFrom('id', 'name', 'b', '__proto__', 'size')
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const text = fc.array(fc.constantFrom('a', '1.10', '<', '&', '>', ']]>', 'é', '😀', '"', ' '), { maxLength: 6 })

  test('written records come back, in any chunks', async () => {
    const record = fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key })
    await fc.assert(
      fc.asyncProperty(fc.array(record), fc.integer({ min: 1, max: 30 }), async (all, size) => {
        const body = all.map(
          (one) =>
            `<computer>${one.map(([key, parts]) => `<${key}>${escaped(parts.join(''))}</${key}>`).join('')}</computer>`,
        )
        const { records, faults } = await readXml(
          `<computers><size>${all.length}</size>${body.join('\n')}</computers>`,
          size,
        )
        expect(faults).toEqual([])
        expect(records.map((one) => (one === '' ? [] : Object.entries(one as object)))).toEqual(
          all.map((one) => one.map(([key, parts]) => [key, parts.join('')])),
        )
      }),
    )
  })

  test('anything: no throw, and the same in any chunks', async () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<computer>',
      '</computer>',
      '<b/>',
      'x',
      '&amp;',
      '&',
      ';',
      '<',
      '>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!DOCTYPE a',
      '[',
      ' ',
      '\r\n',
      '"',
      'é',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (parts) => {
        const file = `<a>${parts.join('')}`
        const whole = await readXml(file)
        for (const size of [1, 3, 8]) {
          const other = await readXml(file, size)
          expect(other.records).toEqual(whole.records)
          expect(other.faults.length).toBe(whole.faults.length)
        }
        xmlShape(Buffer.from(parts.join('')))
      }),
      { numRuns: 500 },
    )
  })
})

test.each<[string, string | undefined]>([
  [jamf, 'computers'],
  ['\ufeff<computer>', 'computer'],
  ['<!DOCTYPE html><html lang="en">', 'html'],
  ['<?xml version="1.0"?><!-- <no> --><!DOCTYPE a SYSTEM ">" [<!ENTITY x "]>">]>\n<a/>', 'a'],
  ['<comp', undefined],
  ['', undefined],
  ['{"a":1}', undefined],
  ['<!-- ', undefined],
  ['<!DOCTYPE a [', undefined],
  ['a,b\n<a>', undefined],
])('the shape of %j', (head, root) => {
  expect(xmlShape(Buffer.from(head))?.root).toBe(root)
})
