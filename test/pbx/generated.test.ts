import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ariOperations } from '../../connector/src/asterisk/ari-types.ts'
import { ariFolder, ariRelease, ariTypesPath, describeAri, formatAri } from '../../scripts/generate-ari.ts'

const root = join(import.meta.dirname, '../..')

test('the types of ARI are what this Asterisk describes', async () => {
  expect(existsSync(ariFolder)).toBe(true)
  const { stdout } = await promisify(execFile)('/usr/sbin/asterisk', ['-V'])
  const made = await formatAri(root, describeAri(ariFolder))
  const held = readFileSync(join(root, ariTypesPath), 'utf8')
  // Another release describes more, in other words: then every operation of ours must still be there.
  if (stdout.startsWith(ariRelease)) expect(made).toBe(held)
  else for (const name of Object.keys(ariOperations)) expect(made).toContain(`'${name}'`)
})
