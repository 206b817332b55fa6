#!/usr/bin/env node
// Imports nothing before this check: native parts crash on an older Node instead of saying so (design 11.17).
const major = Number(process.version.slice(1).split('.')[0])
if (major < 24) {
  console.error(
    `Hookswitch needs Node 24 or newer; this is ${process.version}. Run it by "npm start", which uses the Node 24 that npm ci installed.`,
  )
  process.exit(1)
}
// what was compiled once is not compiled again: a restart is a third shorter. Where the folder cannot be written, nothing is kept.
const { enableCompileCache } = await import('node:module')
const { fileURLToPath } = await import('node:url')
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/hookswitch', import.meta.url)))
await import('../src/main.ts')
