/** What the files of a set-up are made from. */
export interface SetUpValues {
  clientId: string
  clientSecret: string
  /** address of the portal, as the connector reaches it */
  portalUrl: string
  /** password of the ARI user */
  password: string
  /** number of the line, with a plus */
  line: string
  /** name of the trunk's endpoint in pjsip.conf */
  trunk: string
}

/** A file that somebody has to write, and where. */
export interface SetUpFile {
  path: string
  text: string
}

/** A password for the connector at Asterisk. */
export function makePassword(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What lets the connector into an Asterisk: as the how-to has it. */
export function asteriskFiles({ password }: Pick<SetUpValues, 'password'>): SetUpFile[] {
  return [
    { path: '/etc/asterisk/http.conf', text: '[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=8088\n' },
    {
      path: '/etc/asterisk/ari.conf',
      text: `[general]\nenabled=yes\n\n[hookswitch]\ntype=user\nread_only=no\npassword=${password}\npassword_format=plain\n`,
    },
  ]
}

/** The connector's own file. */
export function connectorFile({ clientId, clientSecret, portalUrl, password, line, trunk }: SetUpValues): SetUpFile {
  const settings = {
    clientId,
    clientSecret,
    portalUrl,
    asterisk: {
      url: 'http://127.0.0.1:8088',
      user: 'hookswitch',
      password,
      lines: { [line]: { dial: `PJSIP/{number}@${trunk}`, name: 'Main number' } },
    },
  }
  return { path: 'asterisk.json', text: `${JSON.stringify(settings, null, 2)}\n` }
}

/** What is typed on the Asterisk machine, in the folder of Hookswitch. */
export const commands = {
  asterisk: 'install -d -o asterisk -g asterisk /var/spool/asterisk/recording\nsystemctl restart asterisk\n',
  connector: 'chmod 600 asterisk.json\nnpm run asterisk -- run --config asterisk.json\n',
} as const
