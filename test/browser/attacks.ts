/// <reference lib="dom" />

/**
 * Runs in a hostile page: tries to read each address by every means a browser has. Answers what could be read; nothing is the
 * only good answer.
 */
export async function tryToRead({ portal, paths }: { portal: string; paths: readonly string[] }): Promise<string[]> {
  const read: string[] = []
  const keep = (how: string, path: string, text: string | null | undefined): void => {
    if (text) read.push(`${how} ${path}: ${text.slice(0, 200)}`)
  }
  const byFetch = async (path: string, init: RequestInit): Promise<void> => {
    try {
      keep(`fetch ${JSON.stringify(init)}`, path, await (await fetch(portal + path, init)).text())
    } catch {
      // refused, as it must be
    }
  }
  const byXhr = (path: string): Promise<void> =>
    new Promise((done) => {
      const xhr = new XMLHttpRequest()
      xhr.open('GET', portal + path)
      xhr.withCredentials = true
      xhr.addEventListener('loadend', () => {
        keep('xhr', path, xhr.responseText)
        done()
      })
      xhr.send()
    })
  const byElement = (path: string, make: () => HTMLElement): Promise<void> =>
    new Promise((done) => {
      const element = make()
      element.addEventListener('load', () => {
        // an answer that a frame shows but nobody may look into is none
        const inside = element instanceof HTMLIFrameElement ? element.contentDocument?.body.textContent : element.tagName
        keep('element', path, inside)
        done()
      })
      element.addEventListener('error', () => done())
      document.body.append(element)
    })
  const byStream = (path: string): Promise<void> =>
    new Promise((done) => {
      const source = new EventSource(portal + path, { withCredentials: true })
      source.addEventListener('open', () => {
        keep('stream', path, 'opened')
        source.close()
        done()
      })
      source.addEventListener('error', () => {
        source.close()
        done()
      })
    })
  for (const path of paths) {
    await byFetch(path, { credentials: 'include' })
    await byFetch(path, { credentials: 'include', mode: 'no-cors' })
    await byFetch(path, { credentials: 'include', headers: { accept: 'application/json', 'x-any': '1' } })
    await byXhr(path)
    await byStream(path)
    await byElement(path, () => Object.assign(document.createElement('img'), { src: portal + path }))
    await byElement(path, () => Object.assign(document.createElement('script'), { src: portal + path }))
    await byElement(path, () => Object.assign(document.createElement('link'), { rel: 'stylesheet', href: portal + path }))
    await byElement(path, () => Object.assign(document.createElement('iframe'), { src: portal + path }))
  }
  return read
}

/** A request that a hostile page makes with the victim's cookie. */
export interface Write {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Runs in a hostile page: tries each write by every means a browser has. Answers what could be read of the answers. */
export async function tryToWrite({ portal, writes }: { portal: string; writes: readonly Write[] }): Promise<string[]> {
  const read: string[] = []
  const byFetch = async ({ method, path, body }: Write, init: RequestInit): Promise<void> => {
    try {
      const text = await (await fetch(portal + path, { method, body: JSON.stringify(body), credentials: 'include', ...init })).text()
      if (text) read.push(`${method} ${path}: ${text.slice(0, 200)}`)
    } catch {
      // refused, as it must be
    }
  }
  const byXhr = ({ method, path, body }: Write): Promise<void> =>
    new Promise((done) => {
      const xhr = new XMLHttpRequest()
      xhr.open(method, portal + path)
      xhr.withCredentials = true
      xhr.setRequestHeader('content-type', 'text/plain')
      xhr.addEventListener('loadend', () => {
        if (xhr.responseText) read.push(`xhr ${path}: ${xhr.responseText.slice(0, 200)}`)
        done()
      })
      xhr.send(JSON.stringify(body))
    })
  const byForm = ({ path, body }: Write, enctype: string): Promise<void> =>
    new Promise((done) => {
      const name = `f${Math.random()}`
      const shown = Object.assign(document.createElement('iframe'), { name, hidden: true })
      document.body.append(shown)
      const form = Object.assign(document.createElement('form'), {
        action: portal + path,
        method: 'post',
        enctype,
        target: name,
        hidden: true,
      })
      // as text/plain, name=value makes one JSON text
      const json = JSON.stringify(body)
      const fields: Array<[string, string]> =
        enctype === 'text/plain'
          ? [[`${json.slice(0, -1)}${json === '{}' ? '' : ','}"x":"`, '"}']]
          : Object.entries(body).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)])
      for (const [key, value] of fields) form.append(Object.assign(document.createElement('input'), { name: key, value }))
      document.body.append(form)
      shown.addEventListener('load', () => {
        let inside: string | null | undefined = null
        try {
          inside = shown.contentDocument?.body.textContent
        } catch {
          // nobody may look into it
        }
        if (inside) read.push(`form ${path}: ${inside}`)
        done()
      })
      form.submit()
    })
  for (const write of writes) {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      await byFetch(write, { headers: { 'content-type': type } })
    if (write.method === 'POST' || write.method === 'GET')
      await byFetch(write, { mode: 'no-cors', headers: { 'content-type': 'text/plain' } })
    await byXhr(write)
    if (write.method !== 'POST') continue
    navigator.sendBeacon(portal + write.path, JSON.stringify(write.body))
    for (const enctype of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) await byForm(write, enctype)
  }
  return read
}
