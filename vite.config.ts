import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** The demo is the front page; the other examples stand beside it. */
const demoInFront: Plugin = {
  name: 'demo-in-front',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const page = bundle['demo/index.html'];
    if (page) page.fileName = 'index.html';
  },
};

export default defineConfig({
  root: 'examples',
  publicDir: 'demo/public',
  plugins: [demoInFront, compression({ include: /\.(js|css|svg)$/, algorithms: ['gzip', 'brotliCompress'] })],
  resolve: { conditions: ['@genesys-conversation-machine/source', ...defaultClientConditions] },
  build: {
    outDir: '../dist/demo',
    emptyOutDir: true,
    target: 'es2022',
    rollupOptions: { input: ['examples/demo/index.html', 'examples/minimal.html'] },
  },
});
