import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/client/*.test.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    env: { NO_COLOR: '1', FORCE_COLOR: '0', TZ: 'UTC' },
  },
})
