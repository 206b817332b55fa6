#!/usr/bin/env node
// Imports nothing before this check: an older Node would stop at the first TypeScript file instead of saying why (design 11.17).
const major = Number(process.version.slice(1).split('.')[0])
if (major < 24) {
  console.error(`The Asterisk connector needs Node 24 or newer; this is ${process.version}.`)
  process.exit(1)
}
await import('../src/asterisk/main.ts')
