import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/**
 * The counter's pages, served by the agent from `dist`. Where the API is while developing: the agent's default port.
 *
 * @public Vite reads it.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  build: { outDir: 'dist', emptyOutDir: true, reportCompressedSize: false, target: 'es2022' },
  server: { proxy: { '/counter': 'http://127.0.0.1:8101' } },
});
