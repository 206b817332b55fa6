import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const portal = process.env['HOOKSWITCH_URL'] ?? 'http://127.0.0.1:8484'

/** The paths of the portal that are not the web's. */
const portalPaths = ['/v1', '/rest', '/oauth', '/forms']

export default defineConfig({
  plugins: [react()],
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(portalPaths.map((path) => [path, { target: portal, changeOrigin: false }])),
  },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
})
