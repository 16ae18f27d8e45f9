// prune-history FOLDER TIMES [STEP]: removes the runs marked `drop`, again and again; or says that it is at that step, and
// does nothing more until it is killed.
import fs, { appendFileSync, writeSync } from 'node:fs'
import { historyFile } from '../../../src/history/history-file.js'
import { type PruneOperations, pruneHistory } from '../../../src/history/prune-history.js'
import { encodeRecord } from '../../../src/history/record.js'
import { snapshotOf } from '../snapshot.js'

const [folder = '', times = '1', stopAt = ''] = process.argv.slice(2)

function reached(step: string): void {
  if (step !== stopAt) return
  writeSync(1, `${step}\n`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const operations: PruneOperations = {
  ...fs,
  linkSync(from, to) {
    fs.linkSync(from, to)
    reached('linked')
  },
  renameSync(from, to) {
    // A scan that opened the file before it is replaced; `late` is its run.
    if (stopAt === 'renamed' || stopAt === 'copied')
      appendFileSync(
        historyFile(folder),
        encodeRecord('00000000-0000-4000-8000-000000000000', snapshotOf(1, { fleet: 'late' })),
      )
    fs.renameSync(from, to)
    reached('renamed')
  },
  rmSync(path, options) {
    reached('copied')
    fs.rmSync(path, options)
  },
}

for (let index = 0; index < Number(times); index++)
  await pruneHistory(folder, {
    keep: ({ head }) => {
      // The ticket is there, and the file is read.
      reached('read')
      return head.fleet !== 'drop'
    },
    patience: 60_000,
    operations,
  })
