import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Frame } from '../api/types.ts'
import css from './applications.module.css'
import { notSupported, obey, type FrameAsks } from './frame-commands.ts'
import { createFrameEvents } from './frame-events.ts'
import { readCommand, readHeight, readTextOf, writeAnswer, type FrameCommand } from './frame-protocol.ts'
import { noAnswer, type Place } from './place.ts'

/** A background page that takes longer is slow (contract 8.6). */
const slowMs = 5_000

/** Where a frame stands: a page of its own, a panel that it fills, or nowhere to be seen. */
export type FrameLook = 'page' | 'panel' | 'hidden'

interface AppFrameProps {
  frame: Frame
  name: string
  place: Place
  asks: FrameAsks
  look: FrameLook
  /** the app's page may not be shown, e.g. because it went to an address that is not the app's */
  onForbidden: () => void
  /** the app's page is not there after 5 s, on a page that the person looks at */
  onSlow?: () => void
}

/**
 * The app's page in a frame, and our end of the frame protocol. Between the two stands an empty page of the portal whose policy names
 * the app's one origin; our code works in it, so its window is the parent that the app talks to, on the portal's origin. A message
 * counts only when it comes from the app's window, from the origin of its address, and names this rendering (APP_SID).
 */
export function AppFrame({ frame, name, place, asks, look, onForbidden, onSlow }: AppFrameProps) {
  const between = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  const [isThere, setThere] = useState(false)
  const appOrigin = new URL(frame.action, window.location.href).origin

  const answerTo = useEffectEvent(async (command: FrameCommand, events: ReturnType<typeof createFrameEvents>): Promise<unknown> => {
    if (command.method === 'resizeWindow') {
      const asked = readHeight(command.params)
      if (look === 'page') setHeight(asked)
      return { width: window.innerWidth, height: asked }
    }
    if (command.method !== 'placementBindEvent') return obey(command, { frame, place, asks })
    const event = readTextOf(command.params, 'event')
    if (events.bind(event, command.callback)) place.onBound?.(event, events.say)
    return noAnswer
  })
  const attach = useEffectEvent(place.attach)
  const forbid = useEffectEvent(onForbidden)
  const beSlow = useEffectEvent(() => onSlow?.())

  useEffect(() => {
    const page = between.current?.contentDocument
    const parent = between.current?.contentWindow
    if (!isThere || !page || !parent) return
    if (page.contentType !== 'text/html') return forbid()
    const inner = openInside(page, { frame, name, appOrigin })
    const post = (message: string): void => inner.contentWindow?.postMessage(message, appOrigin)
    const events = createFrameEvents({ names: place.events, post })
    const hear = (event: MessageEvent): void => {
      if (!inner.contentWindow || event.source !== inner.contentWindow || event.origin !== appOrigin) return
      const command = readCommand(event.data, frame.appSid)
      if (!command) return
      const answer = (value: unknown): void => {
        if (command.callback && value !== noAnswer) post(writeAnswer(command.callback, value))
      }
      void answerTo(command, events).then(answer, () => answer(notSupported))
    }
    const hearForbidden = (event: SecurityPolicyViolationEvent): void => {
      if (/^(frame-src|form-action)/.test(event.effectiveDirective)) forbid()
    }
    const slowTimer = window.setTimeout(() => document.visibilityState === 'visible' && beSlow(), slowMs)
    const hearLoaded = (): void => window.clearTimeout(slowTimer)
    parent.addEventListener('message', hear)
    page.addEventListener('securitypolicyviolation', hearForbidden)
    inner.addEventListener('load', hearLoaded)
    const detach = attach(events.say)
    return () => {
      window.clearTimeout(slowTimer)
      detach()
      events.close()
      parent.removeEventListener('message', hear)
      page.removeEventListener('securitypolicyviolation', hearForbidden)
      inner.remove()
    }
    // a frame is posted to once: a new rendering is a new component
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isThere, appOrigin, frame.appSid])

  return (
    <iframe
      ref={between}
      src={`/v1/frame-page?origin=${encodeURIComponent(appOrigin)}`}
      title={look === 'hidden' ? '' : name}
      className={css.frame}
      data-look={look}
      {...(look === 'hidden' && { 'aria-hidden': true, tabIndex: -1 })}
      {...(look === 'page' && { style: { height: height ?? 'calc(100dvh - 48px)' } })}
      onLoad={() => setThere(true)}
    />
  )
}

/** Opens the app's page inside the empty page: a form whose target is the frame carries the fields. */
function openInside(page: Document, { frame, name, appOrigin }: { frame: Frame; name: string; appOrigin: string }): HTMLIFrameElement {
  // The official SDK reads address, scheme and rendering from the name of its window.
  const target = `${String(frame.initData['DOMAIN'])}|${String(frame.initData['PROTOCOL'])}|${frame.appSid}`
  const inner = page.createElement('iframe')
  inner.name = target
  inner.title = name
  // With scripts and its own origin a page of our origin could take its sandbox off, so that one gets an opaque origin.
  const isForeign = appOrigin !== window.location.origin
  inner.setAttribute('sandbox', `allow-scripts allow-forms allow-popups${isForeign ? ' allow-same-origin' : ''}`)
  inner.allow = 'clipboard-write; microphone; autoplay'
  inner.referrerPolicy = 'no-referrer'
  Object.assign(inner.style, { display: 'block', width: '100%', height: '100%', border: '0' })
  for (const element of [page.documentElement, page.body]) Object.assign(element.style, { margin: '0', height: '100%', overflow: 'hidden' })
  const form = page.createElement('form')
  Object.assign(form, { action: frame.action, method: 'post', target, hidden: true })
  for (const [key, value] of Object.entries(frame.fields)) {
    const field = page.createElement('input')
    Object.assign(field, { type: 'hidden', name: key, value })
    form.append(field)
  }
  page.body.append(inner, form)
  form.submit()
  form.remove()
  return inner
}
