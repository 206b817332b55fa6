/** The page of a callback form, as visitors get it: no session, no script, one POST. */
import { visitorWords, type VisitorLanguage } from './callback-words.ts'

/** What the page shows. */
export interface CallbackPage {
  readonly title: string
  readonly language: VisitorLanguage
  /** where it is posted to */
  readonly action: string
  /** how numbers of the form's first country begin, for the hint: `+1` */
  readonly callingCode: string
  readonly state:
    | { readonly kind: 'open'; readonly typed: string; readonly problem: string | null }
    | { readonly kind: 'taken'; readonly number: string }
    | { readonly kind: 'preview'; readonly isOff: boolean }
    | { readonly kind: 'off' }
  /** inside the page of another site: without a frame of its own */
  readonly isEmbedded: boolean
}

/** The field that no person sees: a program that fills everything fills it too. */
export const trapField = 'website'

/** Text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** The policy of the page: its own style alone, no script, shown inside the portal and the form's sites only. */
export function callbackPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${["'self'", ...origins].join(' ')}`,
  ].join('; ')
}

/** The whole document. */
export function callbackPage(page: CallbackPage): string {
  const words = visitorWords[page.language]
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body${page.isEmbedded ? ' class="embedded"' : ''}>
<main>
<h1>${escapeHtml(page.title)}</h1>
${bodyOf(page, words)}
</main>
</body>
</html>
`
}

function bodyOf({ state, action, callingCode }: CallbackPage, words: (typeof visitorWords)['en']): string {
  if (state.kind === 'off') return `<p class="note" role="status">${escapeHtml(words.off)}</p>`
  if (state.kind === 'taken') {
    const text = words.takenText.replace('{number}', () => state.number)
    return `<div class="note good" role="status"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M4 12.5l5 5L20 6.5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg><div><h2>${escapeHtml(words.taken)}</h2><p>${escapeHtml(text)}</p></div></div>
<p class="more"><a href="${escapeHtml(action)}">${escapeHtml(words.again)}</a></p>`
  }
  const isPreview = state.kind === 'preview'
  const problem = state.kind === 'open' ? state.problem : null
  const described = problem === null ? 'hint' : 'problem hint'
  return `<p>${escapeHtml(words.lead)}</p>
<form method="post" action="${escapeHtml(action)}">
${state.kind === 'preview' && state.isOff ? `<p class="note" role="status">${escapeHtml(words.preview)}</p>` : ''}${problem === null ? '' : `<p class="note bad" role="alert" id="problem"><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 7v6M12 16.6v.1M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg><span>${escapeHtml(problem)}</span></p>`}
<label for="number">${escapeHtml(words.label)}</label>
<input id="number" name="number" type="tel" autocomplete="tel" inputmode="tel" maxlength="60" required aria-describedby="${described}"${problem === null ? '' : ' aria-invalid="true" autofocus'} value="${escapeHtml(state.kind === 'open' ? state.typed : '')}"${isPreview ? ' disabled' : ''}>
<p class="hint" id="hint">${escapeHtml(words.hint.replace('{code}', callingCode))}</p>
<div class="trap" aria-hidden="true"><label for="${trapField}">${escapeHtml(words.trap)}</label><input id="${trapField}" name="${trapField}" type="text" tabindex="-1" autocomplete="off"></div>
<button type="submit"${isPreview ? ' disabled' : ''}>${escapeHtml(words.submit)}</button>
</form>`
}

const style = `
:root{--ground:#f6f7f9;--paper:#fff;--ink:#1b1e23;--quiet:#5c6470;--line:#cfd4db;--accent:#2f5fd0;--on-accent:#fff;--good:#176b3a;--good-ground:#e8f5ec;--bad:#a3231b;--bad-ground:#fcecea;--note:#eef1f5}
@media (prefers-color-scheme:dark){:root{--ground:#14161a;--paper:#1c1f25;--ink:#e9ebee;--quiet:#a3abb7;--line:#3a404a;--accent:#7ea2ff;--on-accent:#10131a;--good:#84d9a3;--good-ground:#17301f;--bad:#ff9d94;--bad-ground:#3a1d1b;--note:#262b33}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
body.embedded{min-height:0;place-items:start stretch;padding:0;background:var(--paper)}
main{width:100%;max-width:420px;padding:28px 24px;background:var(--paper);border:1px solid var(--line);border-radius:12px}
.embedded h1{padding-right:36px}
.embedded main{max-width:none;border:0;border-radius:0;padding:20px}
h1{margin:0 0 8px;font-size:22px;line-height:1.25;overflow-wrap:anywhere}
h2{margin:0;font-size:17px;line-height:1.4}
p{margin:0 0 16px;color:var(--quiet)}
label{display:block;margin-bottom:6px;font-weight:600}
input{width:100%;height:48px;padding:0 14px;font:inherit;font-size:18px;font-variant-numeric:tabular-nums;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px}
input[aria-invalid]{border-color:var(--bad)}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hint{margin:6px 0 20px;font-size:14px}
button{width:100%;height:48px;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:0;border-radius:8px;cursor:pointer}
button[disabled]{opacity:.55;cursor:default}
.note{display:flex;gap:10px;padding:12px 14px;border-radius:8px;background:var(--note);color:var(--ink)}
.note p{margin:2px 0 0;color:inherit;overflow-wrap:anywhere}
.note svg{flex:none;margin-top:2px}
.note span{overflow-wrap:anywhere}
.bad{background:var(--bad-ground);color:var(--bad)}
.good{background:var(--good-ground);color:var(--good);margin-bottom:16px}
.more{margin:0}
a{color:var(--accent)}
.trap{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}
`
