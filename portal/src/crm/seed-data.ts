/**
 * A made-up company's CRM, to try things with. Every number is fictional: +1 … 555-01xx, the drama numbers +44 20 7946 0xxx and
 * +44 7700 900xxx, and +7 495 000-01-xx, which is given to nobody.
 */
import type { Tx } from '../store/store.ts'
import type { CallLists } from './call-lists.ts'
import type { Author, Entities } from './entities.ts'
import type { MultifieldWrite } from './multifields.ts'

/** Phones are `number` or `KIND number`. */
interface DemoCompany {
  readonly title: string
  readonly domain: string
  readonly phones: readonly string[]
}

type DemoContact = readonly [name: string, lastName: string, position: string, company: number, ...phones: string[]]
type DemoLead = readonly [title: string, name: string, lastName: string, statusId: string, sourceId: string, ...phones: string[]]

/** What `addDemoCompany` writes. */
export const demoCompany: {
  readonly companies: readonly DemoCompany[]
  readonly contacts: readonly DemoContact[]
  readonly leads: readonly DemoLead[]
} = {
  companies: [
    { title: 'Harbour & Vine Imports', domain: 'harbourvine.example', phones: ['+1 (212) 555-0110', 'FAX +1 (212) 555-0111'] },
    { title: 'Larkspur Dental Group', domain: 'larkspurdental.example', phones: ['+1 (310) 555-0120', '+1 (310) 555-0121'] },
    { title: 'Copperfield Roofing', domain: 'copperfieldroofing.example', phones: ['+1 (617) 555-0130'] },
    { title: 'Blue Heron Logistics', domain: 'blueheron.example', phones: ['+1 (415) 555-0140', '+1 (415) 555-0141'] },
    { title: 'Maple Street Bakery', domain: 'maplestreet.example', phones: ['+1 (312) 555-0150'] },
    { title: 'Northgate Solar', domain: 'northgatesolar.example', phones: ['+1 (206) 555-0160 ext. 1'] },
    { title: 'Ashdown Legal LLP', domain: 'ashdownlegal.example', phones: ['+44 20 7946 0170', 'FAX +44 20 7946 0171'] },
    { title: 'Thistle & Oak Interiors', domain: 'thistleoak.example', phones: ['+44 20 7946 0180'] },
    { title: 'Pemberton Catering', domain: 'pemberton.example', phones: ['+44 20 7946 0190', 'MOBILE +44 7700 900190'] },
    { title: 'ООО «Северный ветер»', domain: 'severveter.example', phones: ['+7 (495) 000-01-10', '+7 (495) 000-01-11'] },
    { title: 'Мастерская «Лад»', domain: 'lad.example', phones: ['+7 (495) 000-01-12'] },
    { title: 'Стройгарант', domain: 'stroygarant.example', phones: ['+7 (495) 000-01-13 доб. 100'] },
  ],
  contacts: [
    ['Nora', 'Whitfield', 'Purchasing manager', 0, '+1 (212) 555-0112', 'MOBILE +1 (212) 555-0113'],
    ['Elias', 'Okafor', 'Owner', 0, 'MOBILE +1 (212) 555-0114'],
    ['Grace', 'Lindqvist', 'Accountant', 0, '+1 (212) 555-0110 ext. 24'],
    ['Priya', 'Raman', 'Practice manager', 1, '+1 (310) 555-0122', 'MOBILE +1 (310) 555-0123'],
    ['Tom', 'Delacroix', 'Dentist', 1, '+1 (310) 555-0124'],
    ['Owen', 'Copperfield', 'Owner', 2, 'MOBILE +1 (617) 555-0131', '+1 (617) 555-0132'],
    ['Maria', 'Santos', 'Office manager', 2, '+1 (617) 555-0130 ext. 2'],
    ['Daniel', 'Kowalski', 'Dispatcher', 3, '+1 (415) 555-0142', 'MOBILE +1 (415) 555-0143'],
    ['Hannah', 'Brandt', 'Fleet manager', 3, '+1 (415) 555-0144'],
    ['Luis', 'Fernández', 'Driver', 3, 'MOBILE +1 (415) 555-0145'],
    ['Ingrid', 'Halvorsen', 'Head baker', 4, '+1 (312) 555-0151', 'HOME +1 (312) 555-0152'],
    ['Samuel', 'Adeyemi', 'Sales director', 5, '+1 (206) 555-0161', 'MOBILE +1 (206) 555-0162'],
    ['Chloe', 'Marchetti', 'Project engineer', 5, '+1 (206) 555-0163'],
    ['Victoria', 'Ashdown', 'Senior partner', 6, '+44 20 7946 0172', 'MOBILE +44 7700 900172'],
    ['Rupert', 'Nakamura', 'Solicitor', 6, '+44 20 7946 0173'],
    ['Fiona', 'MacAllister', 'Designer', 7, 'MOBILE 07700 900181', '+44 20 7946 0182'],
    ['George', 'Pemberton', 'Chef', 8, 'MOBILE +44 7700 900191'],
    ['Zara', 'Hussain', 'Events coordinator', 8, '+44 20 7946 0192', 'MOBILE +44 7700 900193'],
    ['Анна', 'Соколова', 'Директор', 9, '+7 (495) 000-01-14', 'MOBILE +7 (495) 000-01-15'],
    ['Игорь', 'Лебедев', 'Менеджер по закупкам', 9, '+7 (495) 000-01-10 доб. 12'],
    ['Мария', 'Королёва', 'Бухгалтер', 9, '+7 (495) 000-01-16'],
    ['Пётр', 'Гусев', 'Мастер', 10, 'MOBILE +7 (495) 000-01-17'],
    ['Елена', 'Виноградова', 'Администратор', 10, '+7 (495) 000-01-18', 'MOBILE +7 (495) 000-01-19'],
    ['Дмитрий', 'Журавлёв', 'Прораб', 11, 'MOBILE +7 (495) 000-01-20'],
    ['Beatrice', 'Fontaine', '', -1, 'MOBILE +1 (617) 555-0170'],
    ['Marcus', 'Holloway', 'Consultant', -1, '+1 (312) 555-0171', 'MOBILE +1 (312) 555-0172'],
    ['Yuki', 'Tanaka', 'Photographer', -1, 'MOBILE +1 (415) 555-0173'],
    ['Leon', 'Weiss', '', -1, 'HOME +1 (206) 555-0174'],
    ['Amelia', 'Rowntree', 'Journalist', -1, 'MOBILE +44 7700 900175'],
    ['Ольга', 'Миронова', '', -1, 'MOBILE +7 (495) 000-01-21'],
  ],
  leads: [
    ['Website enquiry: winter delivery rates', 'Patrick', 'Sullivan', 'NEW', 'WEB', '+1 (617) 555-0180'],
    ['Quote for 40 office chairs', 'Sofia', 'Andersson', 'NEW', 'EMAIL', 'MOBILE +1 (212) 555-0181'],
    [
      'Asked for a callback about solar panels',
      'Jerome',
      'Baptiste',
      'IN_PROCESS',
      'CALL',
      '+1 (206) 555-0182',
      'MOBILE +1 (206) 555-0183',
    ],
    ['Trade fair: wants a catalogue', 'Helen', 'Papadakis', 'IN_PROCESS', 'ADVERTISING', '+1 (310) 555-0184'],
    ['Recommended by Northgate Solar', 'Colin', 'Prescott', 'NEW', 'RECOMMENDATION', '+44 20 7946 0185'],
    ['Catering for a wedding, June', 'Isabel', 'Cartwright', 'IN_PROCESS', 'WEB', 'MOBILE +44 7700 900186'],
    ['Missed call, no name given', '', '', 'NEW', 'CALL', '+1 (415) 555-0187'],
    ['Заявка с сайта: ремонт офиса', 'Алексей', 'Фомин', 'NEW', 'WEB', '+7 (495) 000-01-22'],
    ['Запрос прайс-листа', 'Татьяна', 'Белова', 'IN_PROCESS', 'EMAIL', 'MOBILE +7 (495) 000-01-23'],
    ['Wrong number', '', '', 'JUNK', 'CALL', '+1 (312) 555-0188'],
  ],
}

/** The ids of what was written, in the order of `demoCompany`. */
export interface DemoIds {
  readonly companies: readonly number[]
  readonly contacts: readonly number[]
  readonly leads: readonly number[]
  readonly callLists: readonly number[]
}

/** Where the demo company is written. */
export interface DemoTarget {
  readonly entities: Entities
  readonly callLists: CallLists
  readonly by: Author
  /** users of the portal who share the cards in turn; without it all are `by`'s */
  readonly responsibleIds?: readonly number[]
}

/** Writes the demo company through the verbs of this area, in the given transaction: the same rows each time. */
export async function addDemoCompany(tx: Tx, { entities, callLists, by, responsibleIds = [by.userId] }: DemoTarget): Promise<DemoIds> {
  let turn = 0
  const responsible = (): number => responsibleIds[turn++ % responsibleIds.length] ?? by.userId
  const companies: number[] = []
  for (const { title, domain, phones } of demoCompany.companies) {
    const writes = [...phonesOf(phones), email(`office@${domain}`)]
    companies.push(
      await entities.create(
        tx,
        'company',
        { fields: { title, assigned_by_id: responsible(), comments: fictional }, multifields: { writes } },
        by,
      ),
    )
  }
  const contacts: number[] = []
  for (const [name, last_name, position, company, ...phones] of demoCompany.contacts) {
    const domain = demoCompany.companies[company]?.domain ?? 'mail.example'
    const fields = {
      name,
      last_name,
      position,
      company_id: companies[company] ?? null,
      assigned_by_id: responsible(),
      source_id: 'OTHER',
      comments: fictional,
    }
    const writes = [...phonesOf(phones), email(`contact${contacts.length + 1}@${domain}`)]
    contacts.push(await entities.create(tx, 'contact', { fields, multifields: { writes } }, by))
  }
  const leads: number[] = []
  for (const [title, name, last_name, status_id, source_id, ...phones] of demoCompany.leads) {
    const fields = { title, name, last_name, status_id, source_id, assigned_by_id: responsible(), comments: fictional }
    leads.push(await entities.create(tx, 'lead', { fields, multifields: { writes: phonesOf(phones) } }, by))
  }
  const lists = [
    await callLists.create(tx, { type: 'contact', entityIds: contacts.slice(0, 12), title: 'Spring offer: call everybody once' }, by),
    await callLists.create(tx, { type: 'company', entityIds: companies.slice(3, 9), title: 'Contract renewals' }, by),
  ]
  return { companies, contacts, leads, callLists: lists }
}

const fictional = 'Fictional: made up for the demo company.'

function phonesOf(phones: readonly string[]): MultifieldWrite[] {
  return phones.map((phone) => {
    const [, valueType = 'WORK', value = phone] = /^(?:([A-Z]+) )?(.*)$/.exec(phone) ?? []
    return { typeId: 'PHONE', valueType, value }
  })
}

function email(value: string): MultifieldWrite {
  return { typeId: 'EMAIL', valueType: 'WORK', value }
}
