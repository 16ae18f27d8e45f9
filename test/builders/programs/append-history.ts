// append-history FOLDER TIMES ENDPOINTS MARK: appends so many snapshots and prints the id of each run that is safe.
import { writeSync } from 'node:fs'
import { appendSnapshot } from '../../../src/history/append-snapshot.js'
import { snapshotOf } from '../snapshot.js'

const [folder = '', times = '1', endpoints = '1', mark = ''] = process.argv.slice(2)
for (let index = 0; index < Number(times); index++)
  writeSync(1, `${await appendSnapshot(folder, snapshotOf(Number(endpoints), { fleet: mark }))}\n`)
