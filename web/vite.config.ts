import { defineConfig } from 'vite';

/** Three pages. Relative addresses, so that a proxy may serve Sightline below a path; nothing inline, for the CSP. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ['index.html', 'room.html', 'terminal.html'].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
  worker: { format: 'es' },
});
