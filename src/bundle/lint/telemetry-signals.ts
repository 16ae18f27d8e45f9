export const signals = ['metrics', 'logs', 'traces'] as const
export type Signal = (typeof signals)[number]

export function selectorOf(signal: Signal): string {
  return `OTEL_${signal.toUpperCase()}_EXPORTER`
}

/** `OTEL_EXPORTER_OTLP_<what>`, or the variable of one signal. */
export function exporterVariable(what: 'PROTOCOL' | 'ENDPOINT' | 'HEADERS', signal?: Signal): string {
  return `OTEL_EXPORTER_OTLP_${signal === undefined ? '' : `${signal.toUpperCase()}_`}${what}`
}

/** The exporters a selector names. */
export function exportersIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** What counts for one signal: its own variable before the one for all, with the name of the variable that says it. */
export function effective(
  environment: ReadonlyMap<string, string>,
  what: 'PROTOCOL' | 'ENDPOINT',
  signal: Signal,
): { readonly name: string; readonly text: string } | undefined {
  for (const name of [exporterVariable(what, signal), exporterVariable(what)]) {
    const text = environment.get(name)
    if (text !== undefined && text !== '') return { name, text }
  }
  return undefined
}

/** The signals that are sent by OTLP. */
export function sentSignals(environment: ReadonlyMap<string, string>): readonly Signal[] {
  return signals.filter((signal) => exportersIn(environment.get(selectorOf(signal))).includes('otlp'))
}
