import { writeAnswer } from './frame-protocol.ts'

/**
 * The official SDK takes the first message under the key of a binding as the answer to the binding, and stops waiting for it after
 * 0.9 s. The portal answers a binding with nothing (contract 7.2), so an event of the first second waits until that second is over.
 */
const bindingSettlesMs = 1_000

/** Says events of a place to the page in one frame. */
export interface FrameEvents {
  /** Remembers the key that `placementBindEvent` gave; an event the place does not have is ignored, as the original does. */
  bind(event: string, callback: string): boolean
  /** Says an event to everybody who bound it. One argument goes as it is, several as a list, none as an empty list. */
  say(event: string, ...args: unknown[]): void
  /** Forgets what still waits. */
  close(): void
}

/** Builds the events of one frame; `post` sends one message into it. */
export function createFrameEvents({ names, post }: { names: readonly string[]; post: (message: string) => void }): FrameEvents {
  const bound = new Map<string, Array<{ callback: string; settlesAt: number }>>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  return {
    bind(event, callback) {
      if (!names.includes(event) || callback === '') return false
      const all = bound.get(event) ?? []
      if (all.length < 100) bound.set(event, [...all, { callback, settlesAt: Date.now() + bindingSettlesMs }])
      return true
    },
    say(event, ...args) {
      for (const { callback, settlesAt } of bound.get(event) ?? []) {
        const message = writeAnswer(callback, args.length === 1 ? args[0] : args)
        const waitMs = settlesAt - Date.now()
        if (waitMs <= 0) {
          post(message)
          continue
        }
        const timer = setTimeout(() => {
          timers.delete(timer)
          post(message)
        }, waitMs)
        timers.add(timer)
      }
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      bound.clear()
    },
  }
}
