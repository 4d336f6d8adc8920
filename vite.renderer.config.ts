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
  },
})
