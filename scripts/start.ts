/** `npm start`: builds the web pages if they changed, then starts the portal in this process. */
import { buildWeb } from './build-web.ts'

try {
  await buildWeb((text) => console.log(text))
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
process.argv.splice(2, 0, 'start')
const entry = new URL('../portal/bin/hookswitch.mjs', import.meta.url).href
await import(entry)
