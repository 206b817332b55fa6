/** A command cannot go on; the message is one line for the terminal. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
