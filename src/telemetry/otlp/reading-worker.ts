import { parentPort, workerData } from 'node:worker_threads'
import type { ReadingStart, Segment, SegmentRead } from './reading-messages.js'
import { SegmentReader } from './segment-reader.js'

// The program of a reading thread: one answer for every segment, in their order.

const port = parentPort!
const reader = new SegmentReader((workerData as ReadingStart).identityKeys)

port.on('message', (segment: Segment) => {
  const answer = read(segment)
  port.postMessage(answer, answer.kind === 'rows' ? [answer.buffer] : [])
})

function read(segment: Segment): SegmentRead {
  try {
    return reader.read(segment)
  } catch (error) {
    // What the system says when a file cannot be read; a fault of our own ends the thread.
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    return { kind: 'failed', code }
  }
}
