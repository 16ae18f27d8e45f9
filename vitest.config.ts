import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These drive a real client of 235 MB, npm run test:client, and an engine of 545 MB, npm run test:clickhouse.
    exclude: ['test/client/**', 'test/clickhouse/**'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    env: { NO_COLOR: '1', FORCE_COLOR: '0', TZ: 'UTC' },
  },
})
