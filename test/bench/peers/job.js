// The job that every program does, in plain JavaScript: used by the peers that only read CSV.
// The rules are those of `fleet scan` as far as the generated exports need them.

const day = 86_400_000
/** Below this version Cowork exports nothing: the gate `cowork-otel`. */
const required = [1, 1, 4173]

/** Gathers rows of both exports, given as arrays of cells, and counts at the end. */
export class Job {
  #endpoints = new Map()

  /** Makes a reader of rows, which takes the header first. */
  rows(file) {
    let columns
    const read = file === 'devices.csv' ? (row) => this.#readDevice(row, columns) : (row) => this.#readApp(row, columns)
    return (row) => {
      if (columns) read(row)
      else columns = Object.fromEntries(row.map((name, index) => [name, index]))
    }
  }

  #readDevice(row, columns) {
    const endpoint = this.#endpoint(row[columns['Device ID']])
    endpoint.department = row[columns.Category]
    endpoint.personal = row[columns.Ownership] === 'Personal'
    const seen = row[columns['Last check-in']]
    if (seen !== '') endpoint.lastSeen = Date.parse(`${seen.slice(0, 10)}T${seen.slice(11, 23)}Z`)
  }

  #readApp(row, columns) {
    const endpoint = this.#endpoint(row[columns.DeviceId])
    endpoint.hasList = true
    const name = row[columns.ApplicationName]
    if (name !== 'Claude' && name !== 'Claude (User)') return
    const publisher = row[columns.ApplicationPublisher]
    if (publisher !== '' && publisher !== 'Anthropic, PBC') return
    const version = row[columns.ApplicationVersion]
    if (version === '') {
      endpoint.unreadable = true
      return
    }
    const parts = version.split('.').map(Number)
    if (endpoint.oldest === undefined || compare(parts, endpoint.oldest) < 0) endpoint.oldest = parts
  }

  #endpoint(id) {
    let endpoint = this.#endpoints.get(id)
    if (endpoint === undefined) {
      endpoint = {
        department: '',
        personal: false,
        lastSeen: undefined,
        hasList: false,
        unreadable: false,
        oldest: undefined,
      }
      this.#endpoints.set(id, endpoint)
    }
    return endpoint
  }

  answer(asOf) {
    const states = {}
    const departments = {}
    const versions = {}
    const add = (counts, key) => {
      counts[key] = (counts[key] ?? 0) + 1
    }
    for (const endpoint of this.#endpoints.values()) {
      add(states, stateOf(endpoint, asOf))
      add(departments, endpoint.department)
      if (endpoint.oldest) add(versions, endpoint.oldest.slice(0, 3).join('.'))
    }
    return { endpoints: this.#endpoints.size, states, departments, versions }
  }
}

function compare(a, b) {
  for (let index = 0; index < 3; index++) if (a[index] !== b[index]) return a[index] - b[index]
  return 0
}

function stateOf({ lastSeen, hasList, personal, oldest, unreadable }, asOf) {
  if (lastSeen === undefined) return 'unknown'
  if (asOf - lastSeen > 30 * day) return 'stale'
  if (oldest && compare(oldest, required) < 0) return 'upgrade'
  if (!hasList || unreadable) return 'unknown'
  if (oldest) return 'ready'
  return personal ? 'unknown' : 'absent'
}
