#!/usr/bin/env node
// oclif wraps messages at the width it reads while it loads, which cuts long paths in two; this keeps them whole.
globalThis.oclif = { ...globalThis.oclif, columns: 1000 }

const { execute, settings } = await import('../dist/oclif.js')

// An administrator's shell may carry NODE_ENV=development; the installed program is always the compiled one.
settings.enableAutoTranspile = false
await execute({ dir: import.meta.url })
