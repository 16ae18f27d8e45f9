// Sums up what an engine found, in the form in which answers are compared.

/** Rows: session, e-mail, tool of a result or null, events, first, last, failures; times in milliseconds. */
export function evidenceAnswer(rows) {
  const tools = {}
  let [records, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [, , tool, events, from, to, failures] of rows) {
    records += events
    first = Math.min(first, from)
    last = Math.max(last, to)
    if (tool === null) continue
    tools[tool] ??= [0, 0]
    tools[tool][0] += events
    tools[tool][1] += failures
  }
  return { records, first, last, tools: sorted(tools) }
}

/** The same from a document of fleet evidence. */
export function answerOfDocument({ input, window, tools }) {
  const used = tools.uses.rows.filter(({ kind }) => kind === 'tool')
  return {
    records: input.counted,
    first: Date.parse(window.first),
    last: Date.parse(window.last),
    tools: sorted(Object.fromEntries(used.map(({ name, calls, failures }) => [name, [calls, failures]]))),
  }
}

function sorted(members) {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
}
