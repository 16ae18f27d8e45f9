import { endpointPlaces, type SettingsPlatform } from './places.js'

/** The value of `otelHeadersHelper`: a path, or a command line where Windows needs its interpreter named. */
export function headersHelperCommand(platform: SettingsPlatform): string {
  const { headersHelper } = endpointPlaces[platform]
  if (platform !== 'windows') return headersHelper
  return `powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "${headersHelper}"`
}
