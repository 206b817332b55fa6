import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'vitest'

/** What changes from run to run is named, the rest is byte for byte. */
function fixed(body: string): string {
  return body
    .replace(/externalCall\.[0-9a-f]{32}\.\d{10}/g, 'externalCall.<32 hex>.<unix time>')
    .replace(/(access_token|refresh_token)%5D=[0-9a-f]{70}/g, '$1%5D=<70 hex>')
    .replace(/(CALL_START_DATE%5D)=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d%2B\d\d%3A\d\d/, '$1=<ISO time with zone>')
    .replace(/(expires%5D|&ts)=\d{10}/g, '$1=<unix time>')
    .replace(/(member_id%5D|application_token%5D)=[0-9a-f]{32}/g, '$1=<32 hex>')
    .replace(/127\.0\.0\.1(%3A|:)\d+/g, '<portal>')
    .replaceAll('&', '\n&')
}

/** Compares the body of an event with `test/rest/golden/<name>.txt`; `GOLDEN=write` writes the file first. */
export async function expectGoldenBody(name: string, body: string): Promise<void> {
  const file = new URL(`../rest/golden/${name}.txt`, import.meta.url)
  const text = `${fixed(body)}\n`
  if (process.env['GOLDEN'] === 'write') await writeFile(file, text)
  expect(text).toBe(await readFile(file, 'utf8').catch(() => 'no such file: write it with GOLDEN=write'))
}
