import { variableNamed } from '../catalogue/environment-variables.js'
import type { SettingsFile } from '../settings-file.js'
import { observed } from './references.js'
import type { Rule } from './rule.js'
import { sourceOf } from './settings-source.js'
import { shown } from './shown-value.js'
import { effective, exporterVariable, type Signal, sentSignals, signals } from './telemetry-signals.js'
import { environmentOf } from './telemetry-source.js'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const signalPath = /\/v1\/(?:logs|metrics|traces)\/?$/
const specification = {
  source: 'https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification/protocol/exporter.md',
  checked: '2026-08-22',
} as const

const generic = exporterVariable('ENDPOINT')
const protocolName = exporterVariable('PROTOCOL')
const endpointNames = [generic, ...signals.map((signal) => exporterVariable('ENDPOINT', signal))]

/** The endpoints that a file itself sets, with the signal where it is for one. */
function* endpointsIn(file: SettingsFile): Iterable<{ name: string; text: string; signal: Signal | undefined }> {
  const environment = environmentOf(file.value)
  for (const name of [...endpointNames, 'BETA_TRACING_ENDPOINT']) {
    const text = environment.get(name)
    if (text === undefined || text === '') continue
    yield { name, text, signal: signals.find((signal) => exporterVariable('ENDPOINT', signal) === name) }
  }
}

function urlOf(text: string): URL | undefined {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

/** Only the name of the host: the rest of an endpoint may hold a secret. */
function hostOf(url: URL): string {
  return shown(url.host)
}

const standardPorts = { '4317': 'grpc', '4318': 'http' } as const

/** Rules about where telemetry is sent, and how. */
export const rules: readonly Rule[] = [
  {
    id: 'telemetry-protocol-unknown',
    title: 'A protocol that no client knows',
    surface: 'claude-code',
    severity: 'error',
    why: 'With a word it does not know, "http" for one, a client sends nothing and says nothing.',
    fix: 'Write "http/protobuf", "http/json" or "grpc".',
    ...observed,
    *check(file) {
      const environment = environmentOf(file.value)
      for (const name of [
        exporterVariable('PROTOCOL'),
        ...signals.map((signal) => exporterVariable('PROTOCOL', signal)),
      ]) {
        const text = environment.get(name)
        if (text !== undefined && !variableNamed(name)?.values?.includes(text))
          yield { path: ['env', name], message: `${shown(text)} is no protocol that clients know: nothing is sent.` }
      }
    },
  },
  {
    id: 'telemetry-port-mismatch',
    title: 'The port speaks another protocol',
    surface: 'claude-code',
    severity: 'warning',
    why: 'By convention 4317 speaks gRPC and 4318 HTTP; sent to the other one, nothing arrives and nobody is told.',
    fix: 'Use 4317 with grpc and 4318 with the http protocols, unless the collector is set up otherwise.',
    ...observed,
    *check(file, context) {
      const source = sourceOf(file, context)
      const environment = environmentOf(source.value)
      const said = new Set<string>()
      for (const signal of signals) {
        const endpoint = effective(environment, 'ENDPOINT', signal)
        const protocol = effective(environment, 'PROTOCOL', signal)?.text.split('/', 1)[0]
        const port = endpoint === undefined ? undefined : urlOf(endpoint.text)?.port
        if (endpoint === undefined || (port !== '4317' && port !== '4318')) continue
        if (protocol !== 'grpc' && protocol !== 'http') continue
        if (standardPorts[port] === protocol || said.has(endpoint.name)) continue
        if (source.setBy(['env', endpoint.name]) !== file) continue
        said.add(endpoint.name)
        yield {
          path: ['env', endpoint.name],
          message: `Port ${port} is the one for ${standardPorts[port]}, and the protocol of ${signal} is ${protocol}.`,
        }
      }
    },
  },
  {
    id: 'telemetry-cleartext',
    title: 'Telemetry is sent unencrypted',
    surface: 'claude-code',
    severity: 'error',
    why: 'Telemetry names people, and the headers carry the key to the collector: anybody on the way reads both.',
    fix: 'Use https://. Plain http:// is for a collector on the endpoint itself.',
    ...specification,
    *check(file) {
      for (const { name, text } of endpointsIn(file)) {
        const url = urlOf(text)
        if (url?.protocol === 'http:' && !loopback.test(url.hostname))
          yield { path: ['env', name], message: `Telemetry goes to ${hostOf(url)} unencrypted.` }
      }
    },
  },
  {
    id: 'telemetry-endpoint-invalid',
    title: 'An endpoint that is no URL',
    surface: 'claude-code',
    severity: 'error',
    why: 'Nothing can be sent to it, and the client does not say so.',
    fix: 'Write the whole URL with https://, without a user name, query or fragment.',
    ...observed,
    *check(file, context) {
      const environment = environmentOf(sourceOf(file, context).value)
      for (const { name, text } of endpointsIn(file)) {
        const path = ['env', name]
        const url = urlOf(text)
        if (url === undefined) {
          const bare = /^[\w.-]+:\d+(?:\/|$)/.test(text)
          const grpc =
            (environment.get(name.replace('ENDPOINT', 'PROTOCOL')) ?? environment.get(protocolName)) === 'grpc'
          if (bare && grpc)
            yield {
              path,
              severity: 'warning',
              message: 'There is no https:// in front; whether clients read it so is unknown.',
            }
          else
            yield {
              path,
              message: `It is no http or https URL${bare ? ': the scheme is missing' : ''}. Nothing is sent.`,
            }
        } else if (url.password === '' && (url.username !== '' || url.search !== '' || url.hash !== ''))
          yield {
            path,
            severity: 'warning',
            message: 'There is a user name, query or fragment in the URL; what clients make of it is unknown.',
          }
      }
    },
  },
  {
    id: 'telemetry-endpoint-path',
    title: 'The endpoint for all signals ends in the path of one',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients append /v1/logs and /v1/metrics themselves, so everything lands at paths that no collector serves.',
    fix: `Take the path off ${generic}.`,
    ...observed,
    *check(file, context) {
      const environment = environmentOf(sourceOf(file, context).value)
      if (environment.get(exporterVariable('PROTOCOL')) === 'grpc') return
      for (const { name, text } of endpointsIn(file)) {
        const path = urlOf(text)?.pathname
        if (name === generic && path !== undefined && signalPath.test(path))
          yield { path: ['env', name], message: `Clients post logs to ${shown(`${path.replace(/\/$/, '')}/v1/logs`)}.` }
      }
    },
  },
  {
    id: 'telemetry-signal-endpoint',
    title: 'The endpoint of one signal',
    surface: 'claude-code',
    severity: 'error',
    why: 'An endpoint for one signal is used as it is, without a path added, and counts before the one for all.',
    fix: 'Write the whole path, such as https://collector.example.com/v1/logs; or set only the endpoint for all signals.',
    ...observed,
    *check(file, context) {
      const environment = environmentOf(sourceOf(file, context).value)
      const all = urlOf(environment.get(generic) ?? '')
      for (const { name, text, signal } of endpointsIn(file)) {
        const url = urlOf(text)
        if (signal === undefined || url === undefined) continue
        const path = ['env', name]
        const expected = `/v1/${signal}`
        const isHttp = effective(environment, 'PROTOCOL', signal)?.text !== 'grpc'
        if (isHttp && url.pathname === '/')
          yield { path, message: `There is no path: ${signal} are posted to the root.` }
        else if (isHttp && !url.pathname.replace(/\/$/, '').endsWith(expected))
          yield {
            path,
            severity: 'warning',
            message: `The path does not end in ${expected}, and clients use it as it is.`,
          }
        if (all !== undefined && all.host !== url.host)
          yield {
            path,
            severity: 'warning',
            message: `It counts before ${generic}: ${signal} go to ${hostOf(url)}, not to ${hostOf(all)}.`,
          }
      }
    },
  },
  {
    id: 'telemetry-signal-protocol',
    title: 'One signal has a protocol of its own',
    surface: 'claude-code',
    severity: 'warning',
    why: 'One endpoint does not serve both gRPC and HTTP, so the signal with the other protocol does not arrive.',
    fix: 'Use one protocol, or give the signal an endpoint of its own.',
    ...observed,
    *check(file, context) {
      const source = sourceOf(file, context)
      const environment = environmentOf(source.value)
      const all = environment.get(exporterVariable('PROTOCOL'))
      if (all === undefined) return
      for (const signal of sentSignals(environment)) {
        const name = exporterVariable('PROTOCOL', signal)
        const own = environment.get(name)
        if (own === undefined || source.setBy(['env', name]) !== file) continue
        if ((own === 'grpc') !== (all === 'grpc') && !environment.has(exporterVariable('ENDPOINT', signal)))
          yield {
            path: ['env', name],
            message: `${signal} go to the endpoint for all signals, which is for ${shown(all)}.`,
          }
      }
    },
  },
]
