import { defineConfig } from 'vitest/config';

const source = '@genesys-conversation-machine/source';

export default defineConfig({
  resolve: { conditions: [source, 'node', 'import', 'module', 'default'] },
  ssr: { resolve: { conditions: [source, 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    dangerouslyIgnoreUnhandledErrors: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
