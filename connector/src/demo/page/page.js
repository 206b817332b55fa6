import { language, say, translate } from './words.js'

/** All of the page's state: what the server said last, what a person looks at, and how the clocks differ. */
const page = { view: undefined, chosen: undefined, isPicked: false, offsetMs: 0, audio: undefined, ringing: undefined }
const OVER = new Set(['ended', 'reported', 'attached', 'closed'])
const find = (selector, root = document) => root.querySelector(selector)
const isLive = (call) => !OVER.has(call.state)
const isRinging = (call) => call.agent.state === 'ringing' || call.client.state === 'ringing'

translate(document)
find('#sound').title = say('sound')
const stream = new EventSource('/api/live')
stream.onmessage = ({ data }) => {
  page.view = JSON.parse(data)
  page.offsetMs = page.view.now - Date.now()
  choose()
  draw()
}
stream.onopen = () => (find('#offline').hidden = true)
stream.onerror = () => (find('#offline').hidden = false)
setInterval(drawTimers, 250)
// What fades by itself: an old notice, the phones of a call that has been over for a minute.
setInterval(() => page.view && draw(), 5000)

/** A person's choice holds while that call lives; else the newest call that rings or talks comes forward. */
function choose() {
  const { calls } = page.view
  const chosen = calls.find((call) => call.callId === page.chosen)
  if (chosen && (isLive(chosen) || !calls.some(isLive))) return
  page.chosen = (calls.find(isLive) ?? calls[0])?.callId
  page.isPicked = false
}

const chosenCall = () => page.view?.calls.find((call) => call.callId === page.chosen)

function draw() {
  const call = chosenCall()
  const { view } = page
  const isOld = call && !isLive(call) && now() - call.endedAt > 60_000 && !page.isPicked
  const shown = isOld ? undefined : call
  find('#portal').href = view.portalUrl
  find('#stage').dataset.callId = shown?.callId ?? ''
  drawHandset('agent', shown)
  drawHandset('client', shown)
  drawBetween(shown)
  drawList()
  drawNotice()
  drawTimers()
  ring(view.calls.some(isRinging))
}

function drawHandset(leg, call) {
  const box = find(`.handset[data-leg=${leg}]`)
  const handset = call?.[leg] ?? { state: 'idle' }
  const state = call && !isLive(call) && handset.state === 'idle' ? 'ended' : handset.state
  box.dataset.state = state
  find('.ext', box).textContent = call ? (leg === 'agent' ? say('extension', { ext: call.extension }) : phone(call.number)) : ''
  const isWaiting = !call || (isLive(call) && handset.state === 'idle')
  const texts = isWaiting ? { doing: '', name: say('idle'), number: leg === 'agent' ? idleHint() : say('clientHint') } : textsOf(leg, call)
  for (const part of ['doing', 'name', 'number']) find(`.${part}`, box).textContent = texts[part]
  box.classList.toggle('quiet-hint', isWaiting)
  find('.state', box).textContent = isWaiting ? '' : handsetWords(leg, handset, call)
  const focused = box.contains(document.activeElement) ? document.activeElement : undefined
  for (const key of box.querySelectorAll('[data-press]')) {
    const isHangup = key.dataset.press === 'hangup'
    key.hidden = handset.state !== (isHangup ? 'answered' : 'ringing')
  }
  // The button that was pressed is gone: the keyboard goes on with the next one of this phone.
  if (focused && focused.hidden) box.querySelector('[data-press]:not([hidden])')?.focus()
}

function idleHint() {
  return page.view.isInstalled ? say('agentHint') : say('notInstalled')
}

/** Each phone shows the other side, as phones do. */
function textsOf(leg, call) {
  const isCaller = (leg === 'agent') === (call.direction === 'out')
  const doing = say(isCaller ? 'calling' : 'callFrom')
  if (leg === 'agent')
    return { doing, name: call.clientName || phone(call.number), number: call.clientName ? phone(call.number) : say('unknown') }
  return {
    doing,
    name: say('company'),
    number: [call.agentName, call.line && say('viaLine', { line: call.line })].filter(Boolean).join(' · '),
  }
}

function handsetWords(leg, handset, call) {
  if (handset.state === 'answered' && call.state !== 'talking') return say('handset.waiting')
  if (handset.state !== 'ended') return say(`handset.${handset.state}`)
  const cause = handset.cause?.q850
  if (cause === 17) return say('handset.busy')
  if (cause === 21) return say('handset.declined')
  const wasTaken = call.talkingAt !== null || leg === (call.direction === 'out' ? 'agent' : 'client')
  return say(wasTaken ? 'handset.ended' : 'handset.stopped')
}

function drawBetween(call) {
  const box = find('.between')
  box.dataset.state = call ? (isLive(call) ? call.state : 'over') : 'idle'
  box.dataset.direction = call?.direction ?? 'out'
  find('.call-state').textContent = call ? callWords(call) : ''
  find('.call-note').textContent = call ? noteOf(call) : ''
}

function callWords(call) {
  if (isLive(call)) return say(`call.${call.state}`)
  return say(`code.${call.statusCode}`) ?? `${say('ended')} (${call.statusCode})`
}

function noteOf(call) {
  return isLive(call) ? `${say(call.direction)}` : call.note || say(`told.${call.state}`)
}

function drawTimers() {
  const call = chosenCall()
  const isShown = call && find('#stage').dataset.callId === call.callId
  find('.call-timer').textContent =
    isShown && call.talkingAt !== null ? clock(isLive(call) ? (now() - call.talkingAt) / 1000 : call.talkSeconds) : ''
  for (const leg of ['agent', 'client']) {
    const handset = call?.[leg]
    const isRunning = isShown && isLive(call) && (handset.state === 'ringing' || handset.state === 'answered')
    const since = handset?.state === 'answered' && call.talkingAt !== null ? call.talkingAt : handset?.since
    find(`.handset[data-leg=${leg}] .timer`).textContent = isRunning ? clock((now() - since) / 1000) : ''
  }
}

function drawList() {
  const { calls } = page.view
  const rows = calls.map((call) => {
    const row = document.createElement('li')
    const key = document.createElement('button')
    key.type = 'button'
    key.dataset.testid = 'call-row'
    key.dataset.callId = call.callId
    key.dataset.state = isLive(call) ? (isRinging(call) ? 'ringing' : 'talking') : 'over'
    key.setAttribute('aria-pressed', String(call.callId === page.chosen))
    key.append(
      cell('way', call.direction === 'out' ? '↗' : '↙', say(call.direction)),
      cell('peer', call.clientName || phone(call.number)),
      cell('digits', call.clientName ? phone(call.number) : ''),
      cell('agent', call.agentName),
      cell('outcome', isLive(call) ? say(isRinging(call) ? 'handset.ringing' : 'call.talking') : callWords(call)),
      cell('length', call.talkSeconds ? clock(call.talkSeconds) : ''),
      cell('told', isLive(call) ? '' : call.note || say(`told.${call.state}`)),
      cell('when', new Date(call.receivedAt).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })),
    )
    row.append(key)
    return row
  })
  const focused = document.activeElement?.dataset?.callId
  find('#list').replaceChildren(...rows)
  if (focused) find(`#list [data-call-id="${CSS.escape(focused)}"]`)?.focus()
  find('#empty').hidden = calls.length > 0
  find('#empty').textContent = page.view.isInstalled ? say('noCalls') : say('notInstalled')
}

function cell(name, text, label) {
  const span = document.createElement('span')
  span.className = name
  span.textContent = text
  if (label) span.setAttribute('aria-label', label)
  if (label) span.setAttribute('role', 'img')
  return span
}

function drawNotice() {
  const { notice } = page.view
  const isFresh = notice !== null && now() - notice.at < 15_000
  find('#notice').hidden = !isFresh
  find('#notice').textContent = isFresh ? notice.text : ''
}

const now = () => Date.now() + page.offsetMs

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Groups of a North American number; others as they are. */
function phone(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number)
  return parts ? `+1 ${parts[1]} ${parts[2]}-${parts[3]}` : number
}

async function post(path, body) {
  await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch(() => {})
}

document.addEventListener('click', ({ target }) => {
  const key = target.closest('[data-press]')
  if (key) void post('/api/press', { callId: page.chosen, leg: key.closest('.handset').dataset.leg, press: key.dataset.press })
  const row = target.closest('#list [data-call-id]')
  if (!row) return
  page.chosen = row.dataset.callId
  page.isPicked = true
  draw()
})

find('#incoming').addEventListener('submit', (event) => {
  event.preventDefault()
  void post('/api/incoming', { number: find('#incoming-number').value.replaceAll(/[\s().-]/g, '') })
})

/** Sound only after a person asked for it, here or on an earlier visit; then any click lets the browser make it. */
const soundKey = find('#sound')
let wantsSound = localStorage.getItem('sound') === 'on'
soundKey.setAttribute('aria-pressed', String(wantsSound))
soundKey.addEventListener('click', () => {
  wantsSound = !wantsSound
  localStorage.setItem('sound', wantsSound ? 'on' : 'off')
  soundKey.setAttribute('aria-pressed', String(wantsSound))
  if (page.view) ring(page.view.calls.some(isRinging))
})
document.addEventListener('pointerdown', () => {
  if (wantsSound) page.audio ??= new AudioContext()
})

function ring(isOn) {
  const wanted = isOn && wantsSound
  if (!wanted) {
    clearInterval(page.ringing)
    page.ringing = undefined
    return
  }
  if (page.ringing) return
  page.ringing = setInterval(chime, 3000)
  chime()
}

/** Two soft tones, a second long. */
function chime() {
  page.audio ??= navigator.userActivation?.hasBeenActive ? new AudioContext() : undefined
  const { audio } = page
  if (!audio) return
  const gain = audio.createGain()
  const start = audio.currentTime
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(0.05, start + 0.05)
  gain.gain.setValueAtTime(0.05, start + 0.9)
  gain.gain.linearRampToValueAtTime(0, start + 1)
  gain.connect(audio.destination)
  for (const hz of [440, 554]) {
    const tone = new OscillatorNode(audio, { frequency: hz })
    tone.connect(gain)
    tone.start(start)
    tone.stop(start + 1)
  }
}
