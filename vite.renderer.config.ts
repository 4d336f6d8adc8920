import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: folder('renderer/'),
  // Relative, because the page is served from loopback and from app:// alike.
  base: './',
  plugins: [react()],
  build: {
    outDir: folder('dist/renderer/'),
    emptyOutDir: true,
    target: 'es2024',
    // One page, loaded from this machine: the size is no concern, and the warning would hide real ones.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      // The launcher's page, and the one that a cloud server shows to its admins and users.
      input: { index: folder('renderer/index.html'), cloud: folder('renderer/cloud.html') },
      output: {
        // Schemas are made while chunks load, before the entry's own code runs: what tells zod not to try `eval` must
        // have run by then, so it stands in the one chunk that all schemas wait for.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules[\\/]zod[\\/]|renderer[\\/]no-eval/ }] },
      },
    },
  },
})
