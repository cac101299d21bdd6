import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: 'examples/demo',
  resolve: { conditions: ['@genesys-conversation-machine/source', ...defaultClientConditions] },
  build: { outDir: '../../dist/demo', emptyOutDir: true, target: 'es2022' },
});
