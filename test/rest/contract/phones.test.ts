import { openContract } from '../../support/contract.ts'
import { exact } from '../../support/shape.ts'

const { contract } = openContract(['telephony'], async () => {}, { refusalsEverywhere: true })
const address = {
  error: 'ERROR_ARGUMENT',
  text: "Arguments 'URL' (http or https) and 'SOCKET' (ws or wss) must be addresses without user and password; 'SOCKET' needs 'URL'",
}

contract('hookswitch.phone.set', {
  section: 'our extension, decision 0013',
  answers: [
    { when: 'both addresses', who: ['app'], params: () => ({ URL: 'http://127.0.0.1:9/phone', SOCKET: 'ws://127.0.0.1:9/ws' }), shape: exact(true) },
    { when: 'no phones, only transfers', who: ['app'], params: () => ({ URL: 'http://127.0.0.1:9/phone' }), shape: exact(true) },
    { when: 'taken back', who: ['app'], params: () => ({}), shape: exact(true) },
  ],
  refuses: [
    { when: 'a webhook', who: 'webhook', status: 403, error: 'WRONG_AUTH_TYPE', text: 'Current authorization type is denied for this method' },
    { when: 'no administrator', who: 'app of Eve', status: 403, error: 'ACCESS_DENIED', text: 'Access denied!' },
    { when: 'a socket alone', who: 'app', params: { SOCKET: 'ws://127.0.0.1:9/ws' }, ...address },
    { when: 'another scheme', who: 'app', params: { URL: 'file:///etc/passwd', SOCKET: 'ws://127.0.0.1:9/ws' }, ...address },
    { when: 'a password in it', who: 'app', params: { URL: 'http://127.0.0.1:9/', SOCKET: 'ws://a:b@127.0.0.1:9/ws' }, ...address },
    {
      when: 'a network that the portal may not reach',
      who: 'app',
      params: { URL: 'http://127.0.0.1:9/phone', SOCKET: 'ws://169.254.169.254/ws' },
      error: 'ERROR_ARGUMENT',
      text: /^The portal may not connect there: /,
    },
  ],
}) // oxfmt-ignore
