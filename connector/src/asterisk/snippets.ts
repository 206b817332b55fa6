/**
 * Lines for Asterisk's configuration, as the how-to has them and as the set-up prints them; a test starts an Asterisk from them.
 *
 * @module
 */

/** Lines that belong into a file, or, without one, into a shell. */
export interface Snippet {
  /** Path on the Asterisk machine; empty: a command. */
  readonly file: string
  readonly text: string
}

/** Opens Asterisk's web server on loopback. */
export function httpSnippet(port = 8088): Snippet {
  return { file: '/etc/asterisk/http.conf', text: `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${port}\n` }
}

/** A user of ARI who may do everything: ARI knows no finer right (pbx 7). */
export function ariSnippet(user: string, password = 'CHANGE-ME'): Snippet {
  return {
    file: '/etc/asterisk/ari.conf',
    text: `[general]\nenabled=yes\n\n[${user}]\ntype=user\nread_only=no\npassword=${password}\npassword_format=plain\n`,
  }
}

/** Loads modules where `autoload` is off. */
export function modulesSnippet(modules: readonly string[]): Snippet {
  return { file: '/etc/asterisk/modules.conf', text: `[modules]\n${modules.map((name) => `load => ${name}.so\n`).join('')}` }
}

/** Asterisk does not make its folder for recordings by itself (pbx 8). */
export const recordingFolderSnippet: Snippet = {
  file: '',
  text: 'install -d -o asterisk -g asterisk /var/spool/asterisk/recording\n',
}

/** A phone that registers itself. */
export function phoneSnippet(extension: string, password = 'CHANGE-ME-TOO'): Snippet {
  const text = [
    `[${extension}](phone)`,
    `aors=${extension}`,
    `auth=${extension}`,
    `[${extension}]`,
    'type=aor',
    'max_contacts=1',
    'remove_existing=yes',
    `[${extension}]`,
    'type=auth',
    'auth_type=userpass',
    `username=${extension}`,
    `password=${password}`,
    '',
  ].join('\n')
  return { file: '/etc/asterisk/pjsip.conf', text }
}

/** A trunk to a provider, by the name that dial templates have for it. */
export function trunkSnippet(name: string): Snippet {
  const text = [
    `[${name}]`,
    'type=endpoint',
    'context=from-trunk',
    'disallow=all',
    'allow=alaw,ulaw',
    'direct_media=no',
    `aors=${name}`,
    `outbound_auth=${name}`,
    'from_user=ACCOUNT',
    `[${name}]`,
    'type=aor',
    'contact=sip:sip.example.com',
    `[${name}]`,
    'type=identify',
    `endpoint=${name}`,
    'match=sip.example.com',
    `[${name}]`,
    'type=auth',
    'auth_type=userpass',
    'username=ACCOUNT',
    'password=THE-PROVIDERS-PASSWORD',
    '',
  ].join('\n')
  return { file: '/etc/asterisk/pjsip.conf', text }
}

/** Hands calls from the trunk over to the connector; what stands after `Stasis()` is for when it is not there, and for whom nobody took. */
export function incomingSnippet({ application, extension }: { readonly application: string; readonly extension: string }): Snippet {
  return {
    file: '/etc/asterisk/extensions.conf',
    text: `[from-trunk]\nexten => _[+0-9].,1,Stasis(${application},incoming,\${EXTEN})\n same => n,Dial(PJSIP/${extension},30)\n same => n,Hangup()\n`,
  }
}

/** Lets Asterisk take phones of browsers by ARI. */
export const browserPhoneSnippets: readonly Snippet[] = [
  {
    file: '/etc/asterisk/sorcery.conf',
    text: `[res_pjsip]\n${['endpoint', 'auth', 'aor'].map((kind) => `${kind}=config,pjsip.conf,criteria=type=${kind}\n${kind}=memory\n`).join('')}`,
  },
  { file: '/etc/asterisk/pjsip.conf', text: '[ws]\ntype=transport\nprotocol=ws\nbind=127.0.0.1\n' },
]
