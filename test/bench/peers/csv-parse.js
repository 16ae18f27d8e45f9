// csv-parse: reads both exports as streams, row by row.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Job } from './job.js'

const [folder, asOf, packages] = process.argv.slice(2)
const { parse } = createRequire(join(packages, 'package.json'))('csv-parse')

const job = new Job()
for (const file of ['devices.csv', 'apps.csv']) {
  const read = job.rows(file)
  await new Promise((done, fail) => {
    const parser = parse()
    parser.on('readable', () => {
      for (let row = parser.read(); row !== null; row = parser.read()) read(row)
    })
    parser.on('end', done)
    parser.on('error', fail)
    createReadStream(join(folder, file), { highWaterMark: 1 << 20 })
      .on('error', fail)
      .pipe(parser)
  })
}
process.stdout.write(JSON.stringify(job.answer(Date.parse(asOf))))
