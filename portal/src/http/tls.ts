import 'reflect-metadata' // @peculiar/x509 wants it before itself
import { webcrypto } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'

/** Certificate chain and key of the https listener. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** the local authority that has to be trusted; null for certificates that were given */
  readonly caFile: string | null
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
const caDays = 3650
/** browsers refuse longer ones */
const leafDays = 397
const renewDays = 30

/** Reads the given certificate, or makes a local one in `<dataDir>/tls` and renews it when it nears its end. */
export async function loadTls({
  tls,
  dataDir,
  publicUrl,
  clock,
}: {
  tls: NonNullable<Config['tls']>
  dataDir: string
  publicUrl: string
  clock: Clock
}): Promise<TlsFiles> {
  if (tls !== 'local') {
    return { cert: await readSetting(tls.certFile, 'tls.certFile'), key: await readSetting(tls.keyFile, 'tls.keyFile'), caFile: null }
  }
  const folder = join(dataDir, 'tls')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = localNames(publicUrl)
  const kept = await readKept(folder)
  if (kept && covers(kept.cert, names, clock.now())) return { cert: kept.cert, key: kept.key, caFile: join(folder, 'ca.crt') }
  const authority = await loadAuthority(folder, clock.now())
  const leaf = await makeLeaf(authority, names, clock.now())
  await writeSecret(join(folder, 'server.key'), leaf.key)
  await writeFile(join(folder, 'server.crt'), leaf.cert)
  return { ...leaf, caFile: join(folder, 'ca.crt') }
}

/** How to make programs and browsers trust the local authority; lines for the terminal. */
export function trustAdvice(caFile: string): string[] {
  return [
    `https uses a certificate of a local authority: ${caFile}`,
    `  Node programs: NODE_EXTRA_CA_CERTS=${caFile}    curl: --cacert ${caFile}`,
    `  Debian, Ubuntu: sudo cp ${caFile} /usr/local/share/ca-certificates/hookswitch.crt && sudo update-ca-certificates`,
    `  macOS: sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain ${caFile}    Firefox: import it under Authorities`,
  ]
}

async function readSetting(file: string, setting: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`${setting}: ${(error as Error).message}`, { cause: error })
  }
}

interface Names {
  readonly dns: readonly string[]
  readonly ip: readonly string[]
}

function localNames(publicUrl: string): Names {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const isIp = /^[\d.]+$|:/.test(host)
  return {
    dns: [...new Set(['localhost', hostname().toLowerCase(), ...(isIp ? [] : [host])])],
    ip: [...new Set(['127.0.0.1', '::1', ...(isIp ? [host] : [])])],
  }
}

async function readKept(folder: string): Promise<{ cert: string; key: string } | null> {
  try {
    return { cert: await readFile(join(folder, 'server.crt'), 'utf8'), key: await readFile(join(folder, 'server.key'), 'utf8') }
  } catch {
    return null
  }
}

function covers(pem: string, names: Names, now: number): boolean {
  const cert = new x509.X509Certificate(pem)
  if (cert.notAfter.getTime() - now < renewDays * dayMs) return false
  const own = cert.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((name) => name.value) ?? []
  return [...names.dns, ...names.ip].every((name) => own.includes(name))
}

interface Authority {
  readonly cert: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

async function loadAuthority(folder: string, now: number): Promise<Authority> {
  try {
    const cert = new x509.X509Certificate(await readFile(join(folder, 'ca.crt'), 'utf8'))
    const pem = await readFile(join(folder, 'ca.key'), 'utf8')
    const privateKey = await webcrypto.subtle.importKey('pkcs8', fromPem(pem), algorithm, true, ['sign'])
    const publicKey = await webcrypto.subtle.importKey('spki', cert.publicKey.rawData, algorithm, true, ['verify'])
    if (cert.notAfter.getTime() - now > leafDays * dayMs) return { cert, keys: { privateKey, publicKey } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return makeAuthority(folder, now)
}

async function makeAuthority(folder: string, now: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // a machine may trust the authorities of several portals: each has a name of its own
      name: `CN=Hookswitch local authority ${hostname()
        .replace(/[^\w.-]/g, '')
        .slice(0, 20)} ${newSerial().slice(0, 8)}`,
      serialNumber: newSerial(),
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + caDays * dayMs),
      signingAlgorithm: algorithm,
      keys: keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  await writeSecret(join(folder, 'ca.key'), await exportKey(keys.privateKey))
  await writeFile(join(folder, 'ca.crt'), `${cert.toString('pem')}\n`)
  return { cert, keys }
}

async function makeLeaf(authority: Authority, names: Names, now: number): Promise<{ cert: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const cert = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=Hookswitch portal',
      issuer: authority.cert.subject,
      serialNumber: newSerial(),
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + leafDays * dayMs),
      signingAlgorithm: algorithm,
      signingKey: authority.keys.privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...names.dns.map((value) => ({ type: 'dns' as const, value })),
          ...names.ip.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { cert: `${cert.toString('pem')}\n${authority.cert.toString('pem')}\n`, key: await exportKey(keys.privateKey) }
}

function newSerial(): string {
  // a positive number: its first bit is 0
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return Buffer.from(bytes).toString('hex')
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n').trim()}\n-----END PRIVATE KEY-----\n`
}

function fromPem(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
}

async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
  await chmod(path, 0o600)
}
