// Keeps the app's own files so that it opens at once and opens when the portal is down. It never touches what the
// portal answers (/v1, /rest, /oauth, app pages, /forms): a call list or a token must never come out of a cache.
const cacheName = 'hookswitch-1'
const shell = '/index.html'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.add(new Request(shell, { cache: 'reload' }))))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name)
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/assets/')) event.respondWith(fromCacheFirst(request))
  else if (request.mode === 'navigate' && !/^\/(v1|rest|oauth|docs|forms)(\/|$)/.test(url.pathname))
    event.respondWith(fromPortalFirst(request))
})

// Names of assets change with their content, so a kept one is never old.
async function fromCacheFirst(request) {
  const cache = await caches.open(cacheName)
  const kept = await cache.match(request)
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) await cache.put(request, fresh.clone())
  return fresh
}

async function fromPortalFirst(request) {
  try {
    const fresh = await fetch(request)
    if (fresh.ok && (fresh.headers.get('content-type') ?? '').startsWith('text/html'))
      await (await caches.open(cacheName)).put(shell, fresh.clone())
    return fresh
  } catch (error) {
    const kept = await (await caches.open(cacheName)).match(shell)
    if (kept) return kept
    throw error
  }
}
