#!/usr/bin/env node
// Runs the sources: they are bundled first, which takes about a second.
import { build } from './build.js'

await build()
await import('./run.js')
