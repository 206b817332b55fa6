// Runs the rest of the command line with Node 24: the one that runs this if it is new enough, else the one that `npm ci` brought.
// It is plain CommonJS without dependencies, because any Node may run it. What it starts finds the same Node first in its PATH.
const { spawn } = require('node:child_process')
const { delimiter, dirname, join } = require('node:path')

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const system = process.platform === 'win32' ? 'win' : process.platform
  const name = `${system === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${system}-${process.arch}`
  try {
    const manifest = require.resolve(`${name}/package.json`)
    return join(dirname(manifest), require(manifest).bin.node)
  } catch {
    console.error(
      `Hookswitch needs Node 24 or newer; this is ${process.version}. Run "npm ci", which brings one, or install Node 24 where it does not.`,
    )
    process.exit(1)
  }
}

const node = findNode()
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
const child = spawn(node, process.argv.slice(2), { env, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  } else process.exitCode = code
})
