import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from './keys-dialog.module.css'

const rows = [
  ['c', 'call'],
  ['d', 'dial'],
  ['/', 'search'],
  ['Ctrl K', 'find'],
  ['n', 'new'],
  ['e', 'edit'],
  ['Esc', 'close'],
  ['g c', 'contacts'],
  ['g o', 'companies'],
  ['g l', 'leads'],
  ['g i', 'lists'],
  ['g h', 'history'],
  ['g d', 'deliveries'],
  ['g s', 'settings'],
  ['?', 'help'],
] as const

/** All keys and what they do. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size={420} closeButtonProps={{ 'aria-label': t('act.close') }}>
      <dl className={css.keys}>
        {rows.map(([keys, name]) => (
          <div key={name}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
