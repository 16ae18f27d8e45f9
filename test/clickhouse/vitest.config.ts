import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/clickhouse/*.test.ts'],
    disableConsoleIntercept: true,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // An engine is 1 GB of a process, and takes every core for a question anyway.
    fileParallelism: false,
    // The engine's threads do not survive in a worker thread that ends.
    pool: 'forks',
    env: { NO_COLOR: '1', FORCE_COLOR: '0', TZ: 'UTC' },
  },
})
