import { openContract, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { exact } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { company: 0, otherCompany: 0, contact: 0, otherContact: 0, free: 0 }

const { contract } = openContract(
  ['crm'],
  async (house) => {
    ids.company = await house.addCompany({ TITLE: 'Employer' })
    ids.otherCompany = await house.addCompany({ TITLE: 'Other' })
    ids.contact = await house.addContact({ NAME: 'Nora' })
    ids.otherContact = await house.addContact({ NAME: 'Other' })
    ids.free = await house.addContact({ NAME: 'Free' })
  },
  { refusalsEverywhere: true },
)

const refusal = (when: string, text: string, params: Refusing['params'], error = ''): Refusing => ({
  when,
  params: params ?? {},
  error,
  text,
})
const ownerText = "The parameter 'ownerEntityID' is invalid or not defined."
const wrongOwners = (more: Params = {}): Refusing[] =>
  [undefined, 0, -1, 'x', [1]].map((id) => refusal(`the card is ${JSON.stringify(id) ?? 'nothing'}`, ownerText, { id, ...more }))
const notFound = (when: string, params: Refusing['params']): Refusing => refusal(when, 'Not found', params)
const linked = (name: string, all: readonly number[]) =>
  exact(all.map((id, index) => ({ [name]: id, SORT: (index + 1) * 10, ROLE_ID: 0, IS_PRIMARY: index === 0 ? 'Y' : 'N' })))
const describedField = (type: string, isRequired: boolean, title: string) => ({
  type,
  isRequired,
  isReadOnly: false,
  isImmutable: false,
  isMultiple: false,
  isDynamic: false,
  title,
})
const linkFields = (name: 'CONTACT_ID' | 'COMPANY_ID') =>
  exact({
    SORT: describedField('integer', false, 'Order'),
    IS_PRIMARY: describedField('char', false, 'First one'),
    [name]: describedField('integer', true, name === 'CONTACT_ID' ? 'Contact' : 'Company'),
  })

/** Cards that belong to one other card: what `crm.X.Y.*` answers. */
const holders = [
  {
    prefix: 'crm.contact.company',
    name: 'COMPANY_ID',
    other: () => [ids.company, ids.otherCompany],
    add: (house: ContractHouse, other?: number) => house.addContact({ NAME: 'Holder', ...(other && { COMPANY_ID: other }) }),
  },
  {
    prefix: 'crm.lead.contact',
    name: 'CONTACT_ID',
    other: () => [ids.contact, ids.otherContact],
    add: (house: ContractHouse, other?: number) => house.addLead({ TITLE: 'Holder', ...(other && { CONTACT_ID: other }) }),
  },
  {
    prefix: 'crm.deal.contact',
    name: 'CONTACT_ID',
    other: () => [ids.contact, ids.otherContact],
    add: (house: ContractHouse, other?: number): Promise<number> =>
      house.ask('crm.deal.add', { fields: { TITLE: 'Holder', ...(other && { CONTACT_ID: other }) } }),
  },
] as const

const wrongFields = (name: string, id: () => number): Refusing[] => [
  ...[undefined, 'x'].map((sent) =>
    refusal(`fields are ${sent ?? 'nothing'}`, "The parameter 'fields' must be array.", () => ({ id: id(), fields: sent })),
  ),
  ...[{ [name]: 0 }, { [name]: 'x' }, { SORT: 1 }].map((sent) =>
    refusal(`fields are ${JSON.stringify(sent)}`, "The parameter 'fields' is not valid.", () => ({ id: id(), fields: sent })),
  ),
]
const wrongItems = (name: string, id: () => number): Refusing[] => [
  ...[undefined, 'x'].map((items) =>
    refusal(`items are ${items ?? 'nothing'}`, 'The parameter items must be array.', () => ({ id: id(), items })),
  ),
  ...[[1], [{ [name]: 'x' }], [{ SORT: 10 }]].map((items) =>
    refusal(`items are ${JSON.stringify(items)}`, "The parameter 'fields' is not valid.", () => ({ id: id(), items })),
  ),
]

for (const { prefix, name, other, add } of holders) {
  const itemsOf = async (house: ContractHouse, id: unknown): Promise<number[]> =>
    (await house.ask(`${prefix}.items.get`, { id })).map((one: Record<string, number>) => one[name])

  contract(`${prefix}.fields`, { section: '14.1', answers: { who: everybody, shape: linkFields(name) } })

  contract(`${prefix}.items.get`, {
    section: '14.1',
    answers: [
      { who: everybody, params: async (house) => ({ id: await add(house, other()[0]) }), shape: () => linked(name, [other()[0]!]) },
      { when: 'nothing is an empty list', params: async (house) => ({ id: await add(house) }), shape: exact([]) },
    ],
    refuses: [...wrongOwners(), notFound('there is no such card', { id: 999_999 })],
  })

  contract(`${prefix}.add`, {
    section: '14.1',
    answers: [
      {
        who: everybody,
        params: async (house) => ({ id: await add(house), fields: { [name]: other()[0], IS_PRIMARY: 'Y', SORT: 100 } }),
        shape: exact(true),
        after: async (house, { id }) => [await itemsOf(house, id), [other()[0]]],
      },
      {
        when: 'it is so already',
        params: async (house) => ({ id: await add(house, other()[0]), fields: { [name]: String(other()[0]) } }),
        shape: exact(false),
      },
    ],
    refuses: [
      ...wrongOwners({ fields: { [name]: 1 } }),
      ...wrongFields(name, () => 1),
      notFound('there is no such card', () => ({ id: 999_999, fields: { [name]: other()[0] } })),
      notFound('there is no such other card', async (house) => ({ id: await add(house), fields: { [name]: 999_999 } })),
      {
        when: 'it belongs to another one',
        params: async (house) => ({ id: await add(house, other()[0]), fields: { [name]: other()[1] } }),
        error: 'ERROR_CORE',
        text: /^The (contact|lead|deal) \d+ belongs to the (company|contact) \d+, and it belongs to one here: delete that link first$/,
      },
    ],
  })

  contract(`${prefix}.delete`, {
    section: '14.1',
    answers: {
      who: everybody,
      params: async (house) => ({ id: await add(house, other()[0]), fields: { [name]: other()[0] } }),
      shape: exact(true),
      after: async (house, { id }) => [await itemsOf(house, id), []],
    },
    refuses: [
      ...wrongOwners({ fields: { [name]: 1 } }),
      ...wrongFields(name, () => 1),
      notFound('there is no such card', () => ({ id: 999_999, fields: { [name]: other()[0] } })),
      notFound('there is no such link', async (house) => ({ id: await add(house, other()[0]), fields: { [name]: other()[1] } })),
    ],
  })

  contract(`${prefix}.items.set`, {
    section: '14.1',
    answers: [
      {
        when: 'another one',
        who: everybody,
        params: async (house) => ({ id: await add(house, other()[0]), items: [{ [name]: other()[1], IS_PRIMARY: 'Y', SORT: 100 }] }),
        shape: exact(true),
        after: async (house, { id }) => [await itemsOf(house, id), [other()[1]]],
      },
      {
        when: 'none',
        encodings: ['json'],
        params: async (house) => ({ id: await add(house, other()[0]), items: [] }),
        shape: exact(true),
        after: async (house, { id }) => [await itemsOf(house, id), []],
      },
    ],
    refuses: [
      ...wrongOwners({ items: [] }),
      ...wrongItems(name, () => 1),
      notFound('there is no such card', () => ({ id: 999_999, items: [{ [name]: other()[0] }] })),
      notFound('there is no such other card', async (house) => ({ id: await add(house), items: [{ [name]: 999_999 }] })),
      refusal(
        'there are two',
        'ITEMS has more than 1: send fewer',
        async (house) => ({ id: await add(house), items: other().map((id) => ({ [name]: id })) }),
        'ERROR_CORE',
      ),
    ],
  })

  contract(`${prefix}.items.delete`, {
    section: '14.1',
    answers: {
      who: everybody,
      params: async (house) => ({ id: await add(house, other()[0]) }),
      shape: exact(true),
      after: async (house, { id }) => [await itemsOf(house, id), []],
    },
    refuses: [...wrongOwners(), notFound('there is no such card', { id: 999_999 })],
  })
}

/** A company with contacts of its own. */
const addCompany = async (house: ContractHouse): Promise<{ id: number; contacts: number[] }> => {
  const id = await house.addCompany({ TITLE: 'Full' })
  return { id, contacts: [await house.addContact({ NAME: 'A', COMPANY_ID: id }), await house.addContact({ NAME: 'B', COMPANY_ID: id })] }
}
const contactsOf = async (house: ContractHouse, id: unknown): Promise<number[]> =>
  (await house.ask('crm.company.contact.items.get', { id })).map((one: { CONTACT_ID: number }) => one.CONTACT_ID)

contract('crm.company.contact.fields', { section: '14.1', answers: { who: everybody, shape: linkFields('CONTACT_ID') } })

let shown: number[] = []
contract('crm.company.contact.items.get', {
  section: '14.1',
  answers: [
    {
      who: everybody,
      params: async (house) => {
        const { id, contacts } = await addCompany(house)
        shown = contacts
        return { id }
      },
      shape: () => linked('CONTACT_ID', shown),
    },
    { when: 'nobody is an empty list', params: async (house) => ({ id: await house.addCompany({ TITLE: 'Empty' }) }), shape: exact([]) },
  ],
  refuses: [...wrongOwners(), notFound('there is no such company', { id: 999_999 })],
})

contract('crm.company.contact.add', {
  section: '14.1',
  answers: [
    {
      who: everybody,
      params: async (house) => ({ id: ids.company, fields: { CONTACT_ID: await house.addContact({ NAME: 'New' }) } }),
      shape: exact(true),
    },
    {
      when: 'it is so already',
      params: async (house) => {
        const { id, contacts } = await addCompany(house)
        return { id, fields: { CONTACT_ID: contacts[1] } }
      },
      shape: exact(false),
    },
  ],
  refuses: [
    ...wrongOwners({ fields: { CONTACT_ID: 1 } }),
    ...wrongFields('CONTACT_ID', () => 1),
    notFound('there is no such company', () => ({ id: 999_999, fields: { CONTACT_ID: ids.free } })),
    notFound('there is no such contact', () => ({ id: ids.company, fields: { CONTACT_ID: 999_999 } })),
    {
      when: 'the contact belongs to another company',
      params: async (house) => ({ id: ids.company, fields: { CONTACT_ID: (await addCompany(house)).contacts[0] } }),
      error: 'ERROR_CORE',
      text: /^The contact \d+ belongs to the company \d+, and it belongs to one here: delete that link first$/,
    },
  ],
})

contract('crm.company.contact.delete', {
  section: '14.1',
  answers: {
    who: everybody,
    params: async (house) => {
      const { id, contacts } = await addCompany(house)
      return { id, fields: { CONTACT_ID: contacts[0] } }
    },
    shape: exact(true),
    after: async (house, { id }) => [(await contactsOf(house, id)).length, 1],
  },
  refuses: [
    ...wrongOwners({ fields: { CONTACT_ID: 1 } }),
    ...wrongFields('CONTACT_ID', () => 1),
    notFound('there is no such contact', () => ({ id: ids.company, fields: { CONTACT_ID: 999_999 } })),
    notFound('there is no such link', () => ({ id: ids.company, fields: { CONTACT_ID: ids.free } })),
  ],
})

contract('crm.company.contact.items.set', {
  section: '14.1',
  answers: {
    who: everybody,
    params: async (house) => {
      const { id, contacts } = await addCompany(house)
      const added = await house.addContact({ NAME: 'New' })
      return { id, items: [{ CONTACT_ID: contacts[1], IS_PRIMARY: 'Y' }, { CONTACT_ID: String(added) }, { CONTACT_ID: added }] }
    },
    shape: exact(true),
    after: async (house, { id, items }) => [
      await contactsOf(house, id),
      (items as Array<{ CONTACT_ID: unknown }>).slice(0, 2).map((one) => Number(one.CONTACT_ID)),
    ],
  },
  refuses: [
    ...wrongOwners({ items: [] }),
    ...wrongItems('CONTACT_ID', () => 1),
    notFound('there is no such company', () => ({ id: 999_999, items: [{ CONTACT_ID: ids.free }] })),
    notFound('there is no such contact', () => ({ id: ids.company, items: [{ CONTACT_ID: 999_999 }] })),
    refusal(
      'there are more than 500',
      'ITEMS has more than 500: send fewer',
      { id: 1, items: Array.from({ length: 501 }, (_, index) => ({ CONTACT_ID: index + 1 })) },
      'ERROR_CORE',
    ),
    {
      when: 'a contact belongs to another company',
      params: async (house) => ({ id: ids.company, items: [{ CONTACT_ID: (await addCompany(house)).contacts[0] }] }),
      error: 'ERROR_CORE',
      text: /^The contact \d+ belongs to the company \d+, and it belongs to one here: delete that link first$/,
    },
  ],
})

contract('crm.company.contact.items.delete', {
  section: '14.1',
  answers: {
    who: everybody,
    params: async (house) => ({ id: (await addCompany(house)).id }),
    shape: exact(true),
    after: async (house, { id }) => [await contactsOf(house, id), []],
  },
  refuses: [...wrongOwners(), notFound('there is no such company', { id: 999_999 })],
})
