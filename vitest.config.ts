import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests import the package by its own name, and get its sources. */
const entries = {
  'genesys-conversation-machine/machines': at('machines/index.ts'),
  'genesys-conversation-machine/browser': at('src/browser/index.ts'),
  'genesys-conversation-machine/inspect': at('src/inspect/index.ts'),
  'genesys-conversation-machine/hub': at('src/hub/index.ts'),
  'genesys-conversation-machine/tabs': at('src/tabs/index.ts'),
  'genesys-conversation-machine/trace': at('src/trace/index.ts'),
  'genesys-conversation-machine/testing/matchers': at('src/testing/matchers/index.ts'),
  'genesys-conversation-machine/testing': at('src/testing/index.ts'),
  'genesys-conversation-machine/sandbox': at('src/sandbox/index.ts'),
  'genesys-conversation-machine': at('src/index.ts'),
};

/** Files that take long although no processor is busy: a person types, in a real browser. They start first. */
const slowest = /\/test\/(demo|examples|browser)\//;

/** Whole servers with guests, gateways and pages: minutes of processor time, for the long run. */
const longRun = ['test/demo/gateway.test.ts', 'test/examples/gateway{Backing,Fleet}.test.ts'];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => slowest.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig(({ mode }) => ({
  resolve: {
    alias: Object.entries(entries).map(([name, path]) => ({
      find: new RegExp(`^${name}$`),
      replacement: path,
    })),
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: mode === 'long' ? configDefaults.exclude : [...configDefaults.exclude, ...longRun],
    env: mode === 'long' ? { LONG: '1' } : {},
    testTimeout: mode === 'long' ? 600_000 : 20_000,
    hookTimeout: 60_000,
    // A second is too short for a browser that shares its processor with other tests.
    expect: { poll: { timeout: 5000 } },
    // A browser may be starved on a shared machine. What needed another try is shown as such.
    retry: process.env.CI ? 2 : 1,
    // Every file cleans up after itself, so that a worker reads the sources once and not once a file.
    isolate: false,
    // One more than the processors that are promised, since a browser test mostly waits.
    maxWorkers: 3,
    // Concurrent tests share one browser, and mostly wait as well.
    maxConcurrency: 6,
    sequence: { sequencer: SlowestFirst },
  },
}));
