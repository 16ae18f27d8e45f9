import { claudeCode } from './claude-code.js'
import { claudeCodeDesktop } from './claude-code-desktop.js'
import { cowork } from './cowork.js'
import type { Surface } from './surface.js'

export type { Surface } from './surface.js'

/** Every surface whose telemetry is read; records of other services are counted as foreign. */
export const surfaces: readonly Surface[] = [claudeCode, claudeCodeDesktop, cowork]
export const surfaceNames = ['claude-code', 'claude-code-desktop', 'cowork'] as const
