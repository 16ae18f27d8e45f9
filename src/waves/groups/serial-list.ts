import type { GroupFormat } from './group-file.js'
import { lineProblem } from './own-serial.js'

/** A serial number a line and nothing else, for whatever takes one. */
export const serialList: GroupFormat = {
  id: 'serial-list',
  title: 'Serial numbers',
  entry(_member, own) {
    if ('reason' in own) return own
    const problem = lineProblem(own.serial)
    return problem === undefined ? { value: own.serial } : { reason: problem }
  },
  files: ({ folder }, values) => [
    { path: `groups/${folder}/serials.txt`, content: `${values.join('\n')}\n`, endpoints: values.length },
  ],
  guide: {
    what: '`serials.txt`: one serial number a line, of every endpoint of the wave that has one of its own, whichever product manages it. For products that have no file here, for scripts, and for a look at the wave.',
    needs: [],
    steps: [],
    caveats: [],
    sources: [],
  },
}
