import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests import the package by its own name, and get its sources. */
const entries = {
  'genesys-conversation-machine/machines': at('machines/index.ts'),
  'genesys-conversation-machine/testing': at('src/testing/index.ts'),
  'genesys-conversation-machine/sandbox': at('src/sandbox/index.ts'),
  'genesys-conversation-machine': at('src/index.ts'),
};

export default defineConfig({
  resolve: {
    alias: Object.entries(entries).map(([name, path]) => ({
      find: new RegExp(`^${name}$`),
      replacement: path,
    })),
  },
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 60_000, maxWorkers: 2 },
});
