import { existsSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { openRegular, readRange } from '../../platform/file-reading.js'
import { type Input, readHead } from '../../platform/input.js'
import { asFailure, refuse } from '../../platform/input-refusals.js'
import type { TelemetryBatch, Words } from '../batch.js'
import { BatchColumns } from './batch-columns.js'
import { addReport, type InputReport } from './input-report.js'
import { lineBlocks } from './line-blocks.js'
import { counted, endsAtFailure, headBytes, otlpBlocks, setProblem } from './otlp-blocks.js'
import { otlpForm } from './otlp-form.js'
import { type ReadingStart, type Segment, type SegmentRead, unpack } from './reading-messages.js'
import { mostLineBytes } from './telemetry-limits.js'

/** What a thread makes is short-lived, and little: more room only costs memory. */
const youngMegabytes = 4
/** Segments that a thread has before it, or that wait to be visited. */
const ahead = 3
/** Smaller files are read sooner than threads are started. */
const leastBytesForThreads = 32 * 2 ** 20
const usualSegmentBytes = 2 ** 21

export interface ThreadOptions {
  readonly leastBytes?: number
  readonly segmentBytes?: number
  /** The program of a thread. Without one there are no threads. */
  readonly program?: URL | undefined
}

/** Threads that help on this machine, besides the one that sums up, which is the limit with more than two. */
export function usualThreads(): number {
  return Math.min(availableParallelism() - 1, 2)
}

/**
 * Threads that read stretches of plain files of lines, while this one visits what they found, in the order of the file:
 * the result is that of one thread. They start with the first file and end with `close`.
 */
export class ReadingThreads {
  readonly #threads: ReadingThread[] = []
  readonly #columns: BatchColumns
  readonly #leastBytes: number
  readonly #segmentBytes: number
  readonly #program: URL | undefined

  constructor(
    private readonly count: number,
    private readonly identityKeys: readonly string[],
    private readonly words: Words,
    {
      leastBytes = leastBytesForThreads,
      segmentBytes = usualSegmentBytes,
      program = workerProgram(),
    }: ThreadOptions = {},
  ) {
    this.#leastBytes = leastBytes
    this.#segmentBytes = segmentBytes
    this.#program = program
    this.#columns = new BatchColumns(identityKeys)
  }

  /** Whether a file is one for threads: plain, large, and lines in UTF-8. */
  async fits(input: Input): Promise<boolean> {
    const { file, packed, size } = input
    if (
      this.count === 0 ||
      this.#program === undefined ||
      file === undefined ||
      packed !== undefined ||
      (size ?? 0) < this.#leastBytes
    )
      return false
    const head = await readHead(input, headBytes).catch(() => undefined)
    const form = head && otlpForm(head.head, head.whole)
    return form?.kind === 'lines' && (form.encoding === 'utf-8' || form.encoding === 'windows-1252')
  }

  /**
   * Reads an input if it fits, and gives the blocks that are left to read: all of one that does not fit, those from a line
   * on that is not for threads, or none.
   */
  async blocks(
    input: Input,
    report: InputReport,
    visit: (batch: TelemetryBatch) => void,
    onRead?: (bytes: number) => void,
  ): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
    if (!(await this.fits(input))) return otlpBlocks(input, report, onRead)
    try {
      const from = await this.read(input, report, visit, onRead)
      if (from === undefined) return []
      const chunks = readRange({ name: input.name, path: input.file!, found: false }, from, undefined, false)
      return lineBlocks(endsAtFailure(counted(chunks, report, onRead), report), report, mostLineBytes)
    } catch (error) {
      setProblem(report, error)
      return []
    }
  }

  /**
   * Reads an input that fits. Gives where the reading has to go on in one go, or undefined after the whole of it. Throws
   * a Failure when the file cannot be read, after all that came before.
   */
  async read(
    { name, file = name }: Input,
    report: InputReport,
    visit: (batch: TelemetryBatch) => void,
    onRead?: (bytes: number) => void,
  ): Promise<number | undefined> {
    let handle: FileHandle | undefined
    try {
      handle = await openRegular({ name, path: file, found: false })
      const before = await handle.stat({ bigint: true })
      const rest = await this.#segments(handle.fd, name, Number(before.size), report, visit, onRead)
      const after = await handle.stat({ bigint: true })
      if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw refuse(name, 'input-changed')
      return rest
    } catch (error) {
      throw asFailure(name, error)
    } finally {
      await handle?.close()
    }
  }

  async #segments(
    file: number,
    name: string,
    size: number,
    report: InputReport,
    visit: (batch: TelemetryBatch) => void,
    onRead: ((bytes: number) => void) | undefined,
  ): Promise<number | undefined> {
    while (this.#threads.length < this.count)
      this.#threads.push(new ReadingThread(this.#program!, this.identityKeys, this.words))
    const segmentBytes = this.#segmentBytes
    const count = Math.ceil(size / segmentBytes)
    const waiting: Promise<SegmentRead>[] = []
    const ask = (index: number) => {
      if (index >= count) return
      const from = index * segmentBytes
      const to = Math.min(size, from + segmentBytes)
      waiting[index % limit] = this.#threads[index % this.count]!.read({ file, name, from, to })
    }
    const limit = this.count * ahead
    for (let index = 0; index < limit; index++) ask(index)
    for (let index = 0; index < count; index++) {
      const answer = await waiting[index % limit]!
      if (answer.kind !== 'rows') {
        // What others found is let go, but not their words, which later answers use. The file must stay open until then.
        for (let next = index + 1; next < Math.min(count, index + limit); next++) {
          this.#threads[next % this.count]!.skip(await waiting[next % limit]!)
        }
        if (answer.kind === 'failed') throw Object.assign(new Error('A thread could not read.'), { code: answer.code })
        report.bytes += answer.from - index * segmentBytes
        return answer.from
      }
      this.#threads[index % this.count]!.visit(answer, this.#columns, name, visit)
      addReport(report, answer.report)
      onRead?.(answer.report.bytes)
      ask(index + limit)
    }
    return undefined
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
    this.#threads.length = 0
  }
}

/** One thread, and what its words are here. */
class ReadingThread {
  readonly #worker: Worker
  readonly #asked: { resolve: (read: SegmentRead) => void; reject: (error: unknown) => void }[] = []
  readonly #buffers: ArrayBuffer[] = []
  #map = new Uint32Array(1024)
  #known = 1

  constructor(
    program: URL,
    identityKeys: readonly string[],
    private readonly words: Words,
  ) {
    const workerData: ReadingStart = { identityKeys }
    this.#worker = new Worker(program, { workerData, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } })
    this.#worker.on('message', (read: SegmentRead) => this.#asked.shift()!.resolve(read))
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#asked.splice(0)) reject(error)
    })
  }

  read(segment: Segment): Promise<SegmentRead> {
    const buffer = this.#buffers.pop()
    this.#worker.postMessage({ ...segment, buffer }, buffer ? [buffer] : [])
    const answer = new Promise<SegmentRead>((resolve, reject) => this.#asked.push({ resolve, reject }))
    // It is awaited in its turn; until then a failure must not count as unhandled.
    answer.catch(() => undefined)
    return answer
  }

  /** Shows the rows of an answer, with the words of this thread. Answers have to come in the order they were asked for. */
  visit(
    { buffer, rows, looseBytes, newWords }: SegmentRead & { readonly kind: 'rows' },
    columns: BatchColumns,
    name: string,
    visit: (batch: TelemetryBatch) => void,
  ): void {
    this.#learn(newWords)
    if (rows > 0) {
      unpack(buffer, rows, looseBytes, columns)
      columns.file = name
      const map = this.#map
      const { words } = columns
      for (let index = 0; index < words.length; index++) words[index] = map[words[index]!]!
      visit(columns)
    }
    this.#buffers.push(buffer)
  }

  /** Lets an answer go unseen. */
  skip(answer: SegmentRead): void {
    if (answer.kind !== 'rows') return
    this.#learn(answer.newWords)
    this.#buffers.push(answer.buffer)
  }

  #learn(newWords: readonly string[]): void {
    if (this.#known + newWords.length > this.#map.length) {
      const larger = new Uint32Array((this.#known + newWords.length) * 2)
      larger.set(this.#map)
      this.#map = larger
    }
    for (const text of newWords) this.#map[this.#known++] = this.words.word(text)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** The bundle that bin/build.js makes of reading-worker.ts, at or above the one this is in; none when run from the source. */
function workerProgram(): URL | undefined {
  const places = ['./', '../', '../../', '../../../'].map((up) => new URL(`${up}reading-worker.js`, import.meta.url))
  return places.find((place) => existsSync(place))
}
