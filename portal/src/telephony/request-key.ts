const keyStart = 'callback.'

/** By which the deliveries and trace steps of a callback request are found, where those of a click have their CALL_ID. */
export function requestKeyOf(id: number): string {
  return `${keyStart}${id}`
}

/** The request that a key of `requestKeyOf` names, or null: then it is a CALL_ID. */
export function requestIdOf(key: string): number | null {
  return key.startsWith(keyStart) ? Number(key.slice(keyStart.length)) : null
}
