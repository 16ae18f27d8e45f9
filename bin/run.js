#!/usr/bin/env node
// oclif wraps messages at the width it reads while it loads, which cuts long paths in two; this keeps them whole.
globalThis.oclif = { ...globalThis.oclif, columns: 1000 }

// An administrator's shell may carry these: the first makes oclif print every flag that was given, the second makes it
// look for sources and print warnings for developers. The installed program is always the compiled one.
delete process.env.DEBUG
process.env.NODE_ENV = 'production'

const { execute, settings } = await import('../dist/oclif.js')

settings.enableAutoTranspile = false
await execute({ dir: import.meta.url })
