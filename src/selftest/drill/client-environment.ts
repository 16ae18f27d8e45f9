import { join } from 'node:path'
import type { DrillFolder } from './drill-folder.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Everything else of the environment stays out: variables of the user could redirect the client, and name places in the
 * real home. Proxies and certificates stay, since hooks and telemetry may need them.
 */
const kept = [
  'PATH',
  'Path',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'SHELL',
  'USER',
  'LOGNAME',
  'USERNAME',
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'PSModulePath',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'PROCESSOR_ARCHITECTURE',
  'CLAUDE_CODE_GIT_BASH_PATH',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

/** The environment of a client in a drill: its home is the throw-away one, its model the stand-in. */
export function clientEnvironment(
  environment: Environment,
  folder: DrillFolder,
  modelUrl: string,
  telemetry: Readonly<Record<string, string>>,
): Record<string, string> {
  const { home, temporary } = folder
  const inherited = kept.flatMap((name): [string, string][] => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value]]
  })
  // The stand-in must be reached directly.
  const direct = [environment.NO_PROXY ?? environment.no_proxy, '127.0.0.1,localhost'].filter(Boolean).join(',')
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    TMPDIR: temporary,
    TMP: temporary,
    TEMP: temporary,
    CLAUDE_CODE_TMPDIR: temporary,
    NO_PROXY: direct,
    no_proxy: direct,
    ANTHROPIC_API_KEY: 'sk-ant-fleet-drill',
    ANTHROPIC_BASE_URL: modelUrl,
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...telemetry,
  }
}

/** Telemetry to a receiver of the drill, for managed settings that name none. Content is left off. */
export function telemetryTo(url: string): Record<string, string> {
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
  }
}
