import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Frame } from '../api/types.ts'
import css from './applications.module.css'
import { readCommand, readHeight, readTextOf, writeAnswer, type FrameCommand } from './frame-protocol.ts'

/** What an app may ask of our page. */
export interface AppFrameProps {
  frame: Frame
  name: string
  onFinishInstall: () => Promise<void>
  /** new tokens for the app, in the shape of its init data */
  onRenewTokens: () => Promise<Record<string, unknown>>
  onReload: () => void
  /** this page was loaded before the app's address was allowed in frames; it must be loaded again */
  onForbidden: () => void
  onTitle: (title: string) => void
  onClose: () => void
  onOpenPath: (path: string) => void
  /** opens the dialer with a number; a frame never places a call by itself */
  onDial: (number: string) => void
}

/**
 * The app's page in a frame, and our end of the frame protocol. A message counts only when it comes from this frame's
 * window, from the origin of the app's address, and names this rendering (APP_SID).
 */
export function AppFrame(props: AppFrameProps) {
  const { frame, name } = props
  const iframe = useRef<HTMLIFrameElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  const obeyNow = useEffectEvent((command: FrameCommand) => obey(command, props, setHeight))
  const forbid = useEffectEvent(() => props.onForbidden())
  const appOrigin = new URL(frame.action, window.location.href).origin
  const isForeign = appOrigin !== window.location.origin
  // The official SDK reads address, scheme and rendering from the name of its window.
  const target = `${String(frame.initData['DOMAIN'])}|${String(frame.initData['PROTOCOL'])}|${frame.appSid}`

  useEffect(() => {
    const hear = (event: MessageEvent) => {
      const page = iframe.current?.contentWindow
      if (!page || event.source !== page || event.origin !== appOrigin) return
      const command = readCommand(event.data, frame.appSid)
      if (!command) return
      const answer = (value: unknown) => {
        if (command.callback) page.postMessage(writeAnswer(command.callback, value), appOrigin)
      }
      void obeyNow(command).then(answer, () => answer({ error: 'failed' }))
    }
    const hearForbidden = (event: SecurityPolicyViolationEvent) => {
      if (/^(frame-src|form-action)/.test(event.effectiveDirective)) forbid()
    }
    window.addEventListener('message', hear)
    document.addEventListener('securitypolicyviolation', hearForbidden)
    form.current?.submit()
    return () => {
      window.removeEventListener('message', hear)
      document.removeEventListener('securitypolicyviolation', hearForbidden)
    }
  }, [appOrigin, frame.appSid])

  return (
    <>
      <form ref={form} action={frame.action} method="post" target={target} hidden>
        {Object.entries(frame.fields).map(([key, value]) => (
          <input key={key} type="hidden" name={key} value={value} />
        ))}
      </form>
      <iframe
        ref={iframe}
        name={target}
        title={name}
        className={css.frame}
        style={{ height: height ?? 'calc(100dvh - 48px)' }}
        // With scripts and its own origin a page of our origin could take its sandbox off, so that one gets an opaque origin.
        sandbox={isForeign ? 'allow-scripts allow-forms allow-popups allow-same-origin' : 'allow-scripts allow-forms allow-popups'}
        allow="clipboard-write"
        referrerPolicy="no-referrer"
      />
    </>
  )
}

async function obey({ method, params }: FrameCommand, props: AppFrameProps, setHeight: (height: number | null) => void): Promise<unknown> {
  switch (method) {
    case 'getInitData':
      return props.frame.initData
    case 'setInstallFinish':
      if (props.frame.install) await props.onFinishInstall()
      return true
    // The official SDK says this by itself as soon as it is loaded on an install page; it ends nothing.
    case 'setInstall':
      return true
    case 'refreshAuth': {
      const { AUTH_ID, REFRESH_ID, AUTH_EXPIRES } = await props.onRenewTokens()
      return { AUTH_ID, REFRESH_ID, AUTH_EXPIRES }
    }
    case 'resizeWindow': {
      const height = readHeight(params)
      setHeight(height)
      return { width: window.innerWidth, height }
    }
    case 'setTitle':
      props.onTitle(readTextOf(params, 'title').slice(0, 200))
      return true
    case 'setScroll': {
      const scroll = Number(readTextOf(params, 'scroll'))
      if (Number.isFinite(scroll)) window.scrollTo({ top: scroll })
      return true
    }
    case 'reloadWindow':
      props.onReload()
      return true
    case 'closeApplication':
      props.onClose()
      return true
    case 'openPath': {
      const path = readTextOf(params, 'path')
      if (/^\/(?![/\\])/.test(path)) props.onOpenPath(path)
      return { result: path }
    }
    case 'imPhoneTo':
      props.onDial(readTextOf(params, 'phone').slice(0, 200))
      return true
    default:
      return []
  }
}
