// The endpoints table of a fleet report: searched, filtered and sorted on a page that has nothing else to run. The endpoints
// stand in the document as text; nothing of them is ever taken as markup, as an attribute or as code. Work on all of them
// is done in slices, so that tens of thousands leave the page alive.

const rowsPerPage = 100
/** Milliseconds before the page gets a turn. */
const sliceTime = 40

const columns = ['name', 'platform', 'department', 'state', 'desktop', 'code', 'lastSeen', 'why']
const columnNames = {}
const everythingPasses = 'everything required passes'

/** Fixed names alone become part of a class. */
const stateNames = new Set(['upgrade', 'install', 'repair', 'unknown', 'stale', 'ready', 'excluded'])

const part = (name) => document.getElementById(`endpoint-${name}`)
const table = part('table')
const rows = part('rows')
/** Without any endpoint there is no table, and nothing to filter. */
const filters = table === null ? [] : ['state', 'platform', 'department'].map((name) => ({ name, select: part(name) }))

/** Lets the page handle what has happened meanwhile, whenever a slice of time is used up. */
function breather() {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceTime) return
    await new Promise((resolve) => setTimeout(resolve))
    since = performance.now()
  }
}

/** The fields of the first line of an endpoint, and its notes: the lines below, which begin with a TAB. */
function readEndpoint(text) {
  const [first, ...notes] = text.split('\n')
  const [name, identity, platform, department, state, desktop, code, lastSeen] = first.split('\t')
  const read = notes.map((line) => {
    const [, label, told, receipt = '', next = ''] = line.split('\t')
    return { label, told, receipt, next }
  })
  const reasons = read.filter(({ label }) => label === 'why')
  const why = reasons.map(({ told }) => told).join('; ')
  return {
    name,
    identity,
    platform,
    department,
    state,
    desktop,
    code,
    lastSeen,
    why,
    next: reasons[0]?.next,
    notes: read,
  }
}

/** What is kept of each endpoint: its text, what a search looks into, and what the filters compare. */
const endpoints = []

async function readEndpoints() {
  const breathe = breather()
  for (const block of document.querySelectorAll('.endpoint-lines')) {
    const lines = block.textContent.split('\n')
    let from = 0
    for (let at = 1; at <= lines.length; at++) {
      if (at < lines.length && (lines[at].startsWith('\t') || lines[at] === '')) continue
      const text = lines
        .slice(from, at)
        .filter((line) => line !== '')
        .join('\n')
      from = at
      if (text === '') continue
      const { name, identity, platform, department, state, desktop, code, lastSeen, why, next } = readEndpoint(text)
      const found = [name, identity, platform, department, state, desktop, code, lastSeen, why, next].join('\n')
      endpoints.push({ text, found: found.toLowerCase(), platform, department, state })
      await breathe()
    }
    await breathe()
  }
}

/** Digits as numbers, so that 1.10 follows 1.9: the count of digits goes before them. */
function numberedText(text) {
  return text.toLowerCase().replace(/\d+/g, (digits) => {
    const bare = digits.replace(/^0+(?=\d)/, '')
    return String(bare.length).padStart(4, '0') + bare
  })
}

/** What stands for a value that is not there, or that nobody could read: last, whatever the direction. */
const missing = {
  platform: (text) => text === 'unknown',
  department: (text) => text === '(none)',
  desktop: (text) => !/^\d/.test(text),
  code: (text) => !/^\d/.test(text),
  lastSeen: (text) => text === 'none',
}

/** A text to compare by; undefined for what is missing. */
function sortKey(column, text) {
  if (text === '' || missing[column]?.(text)) return undefined
  // The filter has the states in the order of their urgency.
  return column === 'state' ? numberedText(String(urgency.indexOf(text))) : numberedText(text)
}

const runLength = 2000

/** Sorted in slices: short runs first, which are then merged. */
async function sorted(items, compare) {
  const breathe = breather()
  let runs = []
  for (let from = 0; from < items.length; from += runLength) {
    runs.push(items.slice(from, from + runLength).sort(compare))
    await breathe()
  }
  while (runs.length > 1) {
    const merged = []
    for (let at = 0; at < runs.length; at += 2)
      merged.push(await mergedRun(runs[at], runs[at + 1] ?? [], compare, breathe))
    runs = merged
  }
  return runs[0] ?? []
}

async function mergedRun(left, right, compare, breathe) {
  const run = []
  let a = 0
  let b = 0
  while (a < left.length && b < right.length) {
    run.push(compare(right[b], left[a]) < 0 ? right[b++] : left[a++])
    if (run.length % 500 === 0) await breathe()
  }
  return run.concat(left.slice(a), right.slice(b))
}

/** The order of all endpoints by a column, made once a direction; those alike keep the most urgent first in both. */
const orders = new Map()

async function orderBy(column, descending) {
  const name = `${column} ${descending}`
  const known = orders.get(name)
  if (known !== undefined) return known
  const breathe = breather()
  const keys = []
  for (const endpoint of endpoints) {
    keys.push(sortKey(column, readEndpoint(endpoint.text)[column]))
    await breathe()
  }
  const direction = descending ? -1 : 1
  const order = await sorted(
    endpoints.map((_, at) => at),
    (a, b) => {
      const [one, other] = [keys[a], keys[b]]
      if (one === other) return a - b
      if (one === undefined || other === undefined) return one === undefined ? 1 : -1
      return one < other ? -direction : direction
    },
  )
  orders.set(name, order)
  return order
}

/** As they stand in the filter. */
const urgency = [...(part('state')?.options ?? [])].map((option) => option.textContent)

const view = { column: undefined, descending: false, page: 0, shown: [], wanted: 0 }

/** The endpoints that pass the search and the filters, in order; undefined when something newer is wanted meanwhile. */
async function select(turn) {
  const words = part('search').value.toLowerCase().split(/\s+/).filter(Boolean)
  const chosen = filters
    .filter(({ select: { value } }) => value !== '')
    .map(({ name, select: { selectedOptions } }) => ({ name, text: selectedOptions[0].textContent }))
  const order = view.column === undefined ? endpoints.keys() : await orderBy(view.column, view.descending)
  const breathe = breather()
  const shown = []
  for (const at of order) {
    const endpoint = endpoints[at]
    if (
      chosen.every(({ name, text }) => endpoint[name] === text) &&
      words.every((word) => endpoint.found.includes(word))
    )
      shown.push(at)
    await breathe()
    if (turn !== view.wanted) return undefined
  }
  return shown
}

/** Shows what is wanted now; of several wishes at once only the last is shown. */
async function update() {
  const turn = ++view.wanted
  table.setAttribute('aria-busy', 'true')
  const shown = await select(turn)
  if (shown === undefined) return
  view.shown = shown
  view.page = 0
  showPage()
  table.removeAttribute('aria-busy')
}

const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

function showPage() {
  const { shown, page } = view
  const last = Math.max(0, Math.ceil(shown.length / rowsPerPage) - 1)
  const from = page * rowsPerPage
  const here = shown.slice(from, from + rowsPerPage)
  rows.replaceChildren(...here.map((at, index) => tableRow(readEndpoint(endpoints[at].text), index)))
  const all = shown.length === endpoints.length ? '' : ` found, of ${number(endpoints.length)} in all`
  const range =
    here.length === 0
      ? 'No endpoint'
      : `${number(from + 1)} to ${number(from + here.length)} of ${number(shown.length)} endpoint${shown.length === 1 ? '' : 's'}`
  part('count').textContent = `${range}${all}${here.length === 0 ? '' : `, ${orderText()}`}.`
  part('printed').textContent = printedText(here.length)
  part('page').textContent = `Page ${number(page + 1)} of ${number(last + 1)}`
  const isFirst = page === 0
  const isLast = page === last
  for (const [name, off] of [
    ['first', isFirst],
    ['previous', isFirst],
    ['next', isLast],
    ['last', isLast],
  ])
    part(name).setAttribute('aria-disabled', String(off))
  part('pages').hidden = last === 0
  markScrolling()
}

function orderText() {
  if (view.column === undefined) return 'the most urgent first'
  return `sorted by ${columnNames[view.column]}, ${view.descending ? 'descending' : 'ascending'}`
}

/** On paper there are no controls: what was chosen in them is said in words. */
function printedText(here) {
  const words = part('search').value.trim()
  const chosen = filters
    .filter(({ select: { value } }) => value !== '')
    .map(({ name, select: { selectedOptions } }) => `${name} ${selectedOptions[0].textContent}`)
  if (words !== '') chosen.push(`search for “${words}”`)
  const which = chosen.length === 0 ? 'No filter is set' : `Chosen: ${chosen.join(', ')}`
  return `${which}; ${orderText()}. ${number(here)} of ${number(endpoints.length)} are printed here: all endpoints are in the file.`
}

function element(name, className, ...children) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

function tableRow(endpoint, index) {
  const { name, identity, platform, department, state, desktop, code, lastSeen, why, next } = endpoint
  const head = element('th', '', name)
  head.scope = 'row'
  if (identity !== '') head.append(element('span', 'identity', identity))
  const reason = element('td', '', why)
  if (next) reason.append(element('span', 'todo', next))
  const badge = element('span', stateNames.has(state) ? `state state-${state}` : 'state', state)
  const button = element('button', 'receipts-button', 'Receipts', element('span', 'hidden-text', ` of ${name}`))
  button.type = 'button'
  button.setAttribute('aria-expanded', 'false')
  const row = element(
    'tr',
    '',
    head,
    ...[platform, department].map((text) => element('td', '', text)),
    element('td', '', badge),
    ...[desktop, code].map((text) => element('td', '', text)),
    element('td', 'word', lastSeen),
    reason,
    element('td', 'receipts-cell', button),
  )
  button.addEventListener('click', () => toggleReceipts(row, button, endpoint, index))
  return row
}

function toggleReceipts(row, button, endpoint, index) {
  const isOpen = button.getAttribute('aria-expanded') === 'true'
  button.setAttribute('aria-expanded', String(!isOpen))
  if (isOpen) {
    document.getElementById(`endpoint-receipts-${index}`)?.remove()
    button.removeAttribute('aria-controls')
    return
  }
  const cell = element('td', '', element('ul', '', ...endpoint.notes.map(noteItem)))
  cell.colSpan = columns.length + 1
  const below = element('tr', 'receipts', cell)
  below.id = `endpoint-receipts-${index}`
  button.setAttribute('aria-controls', below.id)
  row.after(below)
  markScrolling()
}

const files = new Map([...(part('files')?.children ?? [])].map((item) => [item.value, item.textContent]))

function noteItem({ label, told, receipt, next }) {
  const item = element('li', '', element('strong', '', label), `: ${told}`)
  if (receipt !== '') {
    const place = receipt.replace(/^\[(\d+)\]/, (whole, file) => `${files.get(Number(file)) ?? whole},`)
    item.append(element('span', 'receipt', place))
  } else if (label === 'why' && told !== everythingPasses)
    item.append(element('span', 'receipt', 'no record of its own'))
  if (next !== '') item.append(element('span', 'todo', next))
  return item
}

/** Headings become buttons, once there is something that sorts. */
function makeSortable() {
  const heads = [...table.tHead.rows[0].cells]
  for (const [at, head] of heads.entries()) {
    columnNames[columns[at]] = head.textContent
    const button = element('button', 'sort', head.textContent)
    button.type = 'button'
    head.replaceChildren(button)
    button.addEventListener('click', () => {
      const again = view.column === columns[at]
      view.descending = again && !view.descending
      view.column = columns[at]
      for (const other of heads) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', view.descending ? 'descending' : 'ascending')
      void update()
    })
  }
  const receipts = element('th', '', 'Receipts')
  receipts.scope = 'col'
  table.tHead.rows[0].append(receipts)
}

function turnTo(page) {
  const last = Math.max(0, Math.ceil(view.shown.length / rowsPerPage) - 1)
  const wanted = Math.min(Math.max(page(view.page, last), 0), last)
  if (wanted === view.page) return
  view.page = wanted
  showPage()
  table.parentElement.scrollTop = 0
  table.scrollIntoView({ block: 'start' })
}

function listen() {
  let timer
  part('search').addEventListener('input', () => {
    table.setAttribute('aria-busy', 'true')
    clearTimeout(timer)
    timer = setTimeout(update, 150)
  })
  for (const { select: choice } of filters) choice.addEventListener('change', update)
  part('reset').addEventListener('click', () => {
    part('search').value = ''
    for (const { select: choice } of filters) choice.value = ''
    view.column = undefined
    view.descending = false
    for (const head of table.tHead.rows[0].cells) head.removeAttribute('aria-sort')
    void update()
  })
  part('first').addEventListener('click', () => turnTo(() => 0))
  part('previous').addEventListener('click', () => turnTo((page) => page - 1))
  part('next').addEventListener('click', () => turnTo((page) => page + 1))
  part('last').addEventListener('click', () => turnTo((_, last) => last))
}

/** A part that scrolls is a stop of the keyboard, and one that does not is none. */
function markScrolling() {
  for (const region of document.querySelectorAll('.scroll')) {
    // Of a closed part nothing is known, and nothing is reached.
    if (region.clientWidth === 0) continue
    const scrolls = region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight
    region.setAttribute('role', scrolls ? 'region' : 'group')
    if (scrolls) region.tabIndex = 0
    else region.removeAttribute('tabindex')
  }
}

/** What was opened for the printer alone. */
let opened = []

function openForPrint() {
  opened = [...document.querySelectorAll('.numbers:not([open]), .digests:not([open])')]
  for (const details of opened) details.open = true
}

function closeAfterPrint() {
  for (const details of opened) details.open = false
  opened = []
}

if (table !== null) {
  await readEndpoints()
  makeSortable()
  listen()
  part('controls').hidden = false
  await update()
  // A page that comes back may have its controls as they were left.
  addEventListener('pageshow', () => void update())
}
markScrolling()
addEventListener('resize', markScrolling)
// The event does not bubble.
document.addEventListener('toggle', markScrolling, true)
addEventListener('beforeprint', openForPrint)
addEventListener('afterprint', closeAfterPrint)
document.documentElement.dataset.ready = 'true'
