import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import Components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vite';

/**
 * The console's pages, served by the hub from `dist`. Element Plus comes in part by part; the build writes which parts into
 * `components.d.ts`, which is committed, because the type check of a fresh clone needs it.
 *
 * @public Vite reads it.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: join(import.meta.dirname, 'components.d.ts'),
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    reportCompressedSize: false,
    target: 'es2022',
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/console/v1': 'http://127.0.0.1:8080', '/console/statements': 'http://127.0.0.1:8080' } },
});
