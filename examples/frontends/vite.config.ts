import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import solid from 'vite-plugin-solid';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [vue(), svelte({ configFile: false }), solid({ include: at('solid/**') }), compression()],
  // React draws everything twice in its development build only, and this page is there to show that it may.
  define: { 'process.env.NODE_ENV': '"development"' },
  resolve: { conditions: ['@genesys-conversation-machine/source', ...defaultClientConditions] },
  build: {
    outDir: at('../../dist/demo/frontends'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
  },
});
