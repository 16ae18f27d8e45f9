// papaparse: reads both exports as streams, in chunks of rows.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Job } from './job.js'

const [folder, asOf, packages] = process.argv.slice(2)
const papa = createRequire(join(packages, 'package.json'))('papaparse')

const job = new Job()
for (const file of ['devices.csv', 'apps.csv']) {
  const read = job.rows(file)
  await new Promise((done, fail) => {
    papa.parse(createReadStream(join(folder, file), { highWaterMark: 1 << 20 }), {
      delimiter: ',',
      skipEmptyLines: true,
      chunk: ({ data }) => data.forEach(read),
      complete: done,
      error: fail,
    })
  })
}
process.stdout.write(JSON.stringify(job.answer(Date.parse(asOf))))
