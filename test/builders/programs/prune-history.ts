// prune-history FOLDER TIMES: removes the runs marked `drop`, again and again.
import { pruneHistory } from '../../../src/history/prune-history.js'

const [folder = '', times = '1'] = process.argv.slice(2)
for (let index = 0; index < Number(times); index++)
  await pruneHistory(folder, { keep: ({ head }) => head.fleet !== 'drop', patience: 60_000 })
