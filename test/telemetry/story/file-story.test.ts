import { describe, expect, it } from 'vitest'
import { storyFromFiles } from '../../../src/telemetry/story/file-story.js'
import { inputOf } from '../../builders/input.js'
import { lineOf, recordOf } from './story-records.js'

const id = '0be74e02-ba0a-4311-b883-5c583c28ac66'
const other = '0be74e02-ffff-4311-b883-5c583c28ac66'
const record = (sequence: number, session: string, prompt = 'p-000001') =>
  recordOf({ sequence, at: sequence, session, attributes: { 'prompt.id': prompt } })

const session = (wanted: string) => ({ kind: 'session', id: wanted }) as const

describe('files', () => {
  it('give the records of the session alone, across files, whatever else is in them', async () => {
    const found = await storyFromFiles(
      [
        inputOf('a', lineOf(record(0, id), record(0, other)) + lineOf(record(1, other))),
        inputOf('b', lineOf(record(1, id))),
        inputOf('c', 'no telemetry at all\n'),
      ],
      session(id),
    )
    expect(found.id).toBe(id)
    expect(found.records.map(({ attributes }) => attributes.get('event.sequence')?.text)).toEqual(['0', '1'])
  })

  it('accept the beginning of an id where it is the beginning of one only', async () => {
    const inputs = [inputOf('a', lineOf(record(0, id)) + lineOf(record(0, other)))]
    expect((await storyFromFiles(inputs, session('0be74e02-b'))).id).toBe(id)
    await expect(storyFromFiles(inputs, session('0be74e02'))).rejects.toMatchObject({
      code: 'ambiguous-id',
      details: { tryThis: [`Give more of the id. Such as: ${id}, ${other}`] },
    })
    // Fewer than eight characters may be an id of somebody's own, but no beginning of one.
    expect((await storyFromFiles(inputs, session('0be74e0'))).id).toBeUndefined()
  })

  it('take an id that others begin with for itself', async () => {
    const found = await storyFromFiles([inputOf('a', lineOf(record(0, id), record(0, `${id}-2`)))], session(id))
    expect([found.id, found.records.length]).toEqual([id, 1])
  })

  it('say what there is where the id is not', async () => {
    const inputs = [inputOf('a', lineOf(record(0, id), record(1, id), record(0, other)))]
    const found = await storyFromFiles(inputs, session('0be74e02-bb'))
    expect(found).toMatchObject({ id: undefined, known: { records: 3, sessions: 2, nearest: [id, other] } })
    const prompt = await storyFromFiles(inputs, { kind: 'prompt', id: 'p-000002' })
    expect(prompt).toMatchObject({ id: undefined, known: { nearest: ['p-000001'] } })
  })

  it('give the whole session around a prompt, but not from stdin', async () => {
    const text = lineOf(record(0, id, 'other'), record(1, id), record(2, id))
    const prompt = { kind: 'prompt', id: 'p-000001' } as const
    const found = await storyFromFiles([inputOf('a', text)], prompt)
    expect([found.wholeSessions, found.records.length]).toEqual([true, 3])
    const { file: _, ...stdin } = inputOf('stdin', text)
    const once = await storyFromFiles([stdin], prompt)
    expect([once.wholeSessions, once.records.length]).toEqual([false, 2])
    expect((await storyFromFiles([stdin], session('nobody-there'))).known).toBeUndefined()
  })

  it('count lines with the id that cannot be read', async () => {
    const whole = lineOf(record(0, id))
    const found = await storyFromFiles(
      [inputOf('a', `${whole}${whole.slice(0, -10)}\n{"other":"${id}"}\n`)],
      session(id),
    )
    expect(found.records).toHaveLength(1)
    expect(found.input).toMatchObject({ lines: 3, badLinesWithId: 2, badLines: { 'not-json': 1, 'not-otlp': 1 } })
  })

  it('say which file broke off', async () => {
    const broken = {
      ...inputOf('b.gz', ''),
      open: async function* () {
        yield Buffer.from(lineOf(record(1, id)))
        const { Failure, exitCode } = await import('../../../src/platform/failure.js')
        throw new Failure(exitCode.inputRefused, 'archive-damaged', 'The archive is damaged.')
      },
    }
    const found = await storyFromFiles([broken, inputOf('a', lineOf(record(0, id)))], session(id))
    expect(found.records.map(({ attributes }) => attributes.get('event.sequence')?.text).sort()).toEqual(['0', '1'])
    expect(found.input.problems).toEqual([{ file: 'b.gz', message: 'The archive is damaged.' }])
  })

  it('survive whatever stands where OTLP has an object or a list', async () => {
    const odd = [
      `{"resourceLogs":[null,1,"${id}",{"scopeLogs":[{"logRecords":{"a":"${id}"}}]}]}`,
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[null,{"attributes":[{"key":1},{"key":"session.id","value":"${id}"}]}]}]}]}`,
      `{"resourceLogs":${'['.repeat(5000)}"${id}"${']'.repeat(5000)}}`,
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"${id}"}}]}]}}]}]}]}`,
    ]
    const found = await storyFromFiles([inputOf('a', `${odd.join('\n')}\n${lineOf(record(0, id))}`)], session(id))
    expect(found.records).toHaveLength(1)
    expect(found.otherSignals).toEqual({ points: 1, spans: 0 })
  })
})
