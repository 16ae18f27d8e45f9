import { Gate } from '../../src/gates/gate.js'

/** A required gate of Claude Desktop. */
export const desktopGate = Gate.parse({
  id: 'desktop',
  title: 'A gate',
  product: 'claude-desktop',
  platforms: ['macos', 'windows', 'linux'],
  requires: ['>=1.1.4173'],
  why: 'because',
  source: 'https://example.org/gate',
  checked: '2026-08-11',
  level: 'required',
})
