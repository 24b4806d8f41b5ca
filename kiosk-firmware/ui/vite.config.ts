import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/**
 * The kiosk's pages, served by its firmware from `dist`. Where the firmware is while developing: its default port.
 *
 * @public Vite reads it.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  build: { outDir: 'dist', emptyOutDir: true, reportCompressedSize: false, target: 'es2022' },
  server: { proxy: { '/screen': 'http://127.0.0.1:8201' } },
});
