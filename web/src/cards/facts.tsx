import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityCard } from '../api/types.ts'
import { Moment } from '../app/time.tsx'
import { PhoneChip } from '../calls/phone-chip.tsx'
import css from './facts.module.css'
import { isLeadStatus, isSource } from './known-values.ts'

/** What is known of a contact, company or lead; the numbers first. */
export function Facts({ card, onAddPhone }: { card: EntityCard; onAddPhone: () => void }) {
  const { t } = useTranslation()
  const entity = { kind: card.kind, id: card.id, title: card.title }
  return (
    <>
      <ul className={css.phones} aria-label={t('card.phones')}>
        {card.phones.map((phone) => (
          <li key={phone.id}>
            <PhoneChip number={phone.value} display={phone.display} entity={entity} size="card" />
            <span className="faint">{t(`phoneKind.${phone.kind}`)}</span>
          </li>
        ))}
        {card.phones.length === 0 && (
          <li className={css.none}>
            <span className="quiet">{t('card.noPhones')}</span>
            <Button variant="light" leftSection={<IconPlus size={16} stroke={2} />} onClick={onAddPhone}>
              {t('card.addPhone')}
            </Button>
          </li>
        )}
      </ul>
      {card.contacts.length > 0 && (
        <>
          <h3 className={css.heading}>{t('card.contacts')}</h3>
          <ul className={css.people}>
            {card.contacts.map((person) => (
              <li key={person.id}>
                <Link to="/contacts/$id" params={{ id: String(person.id) }} className="one-line">
                  {person.title}
                </Link>
                {person.phones[0] && (
                  <PhoneChip
                    number={person.phones[0].value}
                    display={person.phones[0].display}
                    entity={{ kind: 'contact', id: person.id, title: person.title }}
                  />
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <dl className={css.facts}>
        {card.kind === 'lead' && (
          <Fact name={t('card.status')}>{isLeadStatus(card.statusId) ? t(`leadStatus.${card.statusId}`) : card.statusId}</Fact>
        )}
        {card.emails.length > 0 && (
          <Fact name={t('card.emails')}>
            {card.emails.map((email) => (
              <a key={email.id} href={`mailto:${email.value}`} className={css.email}>
                {email.value}
              </a>
            ))}
          </Fact>
        )}
        {card.company && (
          <Fact name={t('card.company')}>
            <Link to="/companies/$id" params={{ id: String(card.company.id) }} className="link">
              {card.company.title}
            </Link>
          </Fact>
        )}
        {card.position && <Fact name={t('card.position')}>{card.position}</Fact>}
        {card.sourceId && <Fact name={t('card.source')}>{isSource(card.sourceId) ? t(`source.${card.sourceId}`) : card.sourceId}</Fact>}
        {card.responsible && <Fact name={t('card.responsible')}>{card.responsible.name}</Fact>}
        {card.comments && (
          <Fact name={t('card.comments')}>
            <span className={css.comments}>{card.comments}</span>
          </Fact>
        )}
        <Fact name={t('card.created')}>
          <Moment at={card.createdAt} />
        </Fact>
      </dl>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
