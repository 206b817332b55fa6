import { visitorWords } from './callback-words.ts'

/** Text that stands in a script as a value. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/[<>\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * The script that a site embeds: a button that opens the form in a dialog, or with `data-mode="inline"` the form itself in its place.
 * It touches nothing of the page but the place after its own tag; looks are shut off by a shadow root. `data-label` names the button.
 */
export function callbackSnippet({ url, title }: { readonly url: string; readonly title: string }): string {
  const words = { en: visitorWords.en, ru: visitorWords.ru }
  const labels = { en: { open: words.en.open, close: words.en.close }, ru: { open: words.ru.open, close: words.ru.close } }
  return `(() => {
  'use strict'
  const script = document.currentScript
  if (!script) return
  const title = ${quoted(title)}
  const labels = ${quoted(labels)}
  const wished = (navigator.languages || [navigator.language]).map((one) => String(one).slice(0, 2)).find((one) => one in labels)
  const words = labels[wished] || labels.en
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  const make = (name, values) => Object.assign(document.createElement(name), values)
  const frame = () => make('iframe', { src: ${quoted(`${url}?embed=1`)}, title, loading: 'lazy', referrerPolicy: 'strict-origin' })
  root.append(make('style', { textContent: ${quoted(style)} }))
  if (script.dataset.mode === 'inline') root.append(frame())
  else {
    const open = make('button', { type: 'button', className: 'open', textContent: script.dataset.label || words.open })
    const dialog = make('dialog', {})
    dialog.setAttribute('aria-label', title)
    const close = make('button', { type: 'button', className: 'close', textContent: '\u00d7' })
    close.setAttribute('aria-label', words.close)
    close.addEventListener('click', () => dialog.close())
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
    dialog.addEventListener('close', () => open.focus())
    open.addEventListener('click', () => {
      if (!dialog.querySelector('iframe')) dialog.append(frame())
      dialog.showModal()
    })
    dialog.append(close)
    root.append(open, dialog)
  }
  script.after(host)
})()
`
}

const style = `
:host{display:block}
iframe{display:block;width:100%;height:400px;border:0;border-radius:12px;color-scheme:light dark;background:transparent}
.open{min-height:44px;padding:0 20px;font:600 16px/1 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#fff;background:#2f5fd0;border:0;border-radius:22px;cursor:pointer}
.open:focus-visible,.close:focus-visible{outline:3px solid #7ea2ff;outline-offset:2px}
dialog{width:min(420px,calc(100vw - 32px));padding:0;border:0;border-radius:12px;overflow:hidden;box-shadow:0 16px 48px rgba(0,0,0,.35)}
dialog::backdrop{background:rgba(10,12,16,.5)}
.close{position:absolute;top:8px;right:8px;width:36px;height:36px;font:24px/1 system-ui,sans-serif;color:#5c6470;background:transparent;border:0;border-radius:8px;cursor:pointer}
`
