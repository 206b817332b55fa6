import { openContract, type Answering, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { exact, fields, list, num } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { lead: 0, contact: 0, company: 0 }
const leads: number[] = []

const { contract } = openContract(
  ['crm'],
  async (house) => {
    const PHONE = [{ VALUE: '+1 (555) 010-0240' }]
    ids.lead = await house.addLead({ TITLE: 'D', PHONE })
    ids.contact = await house.addContact({ NAME: 'D', PHONE, EMAIL: [{ VALUE: 'Dup@Example.com' }] })
    ids.company = await house.addCompany({ TITLE: 'D', PHONE })
    for (let index = 0; index < 21; index++) leads.push(await house.addLead({ TITLE: 'L', PHONE: [{ VALUE: '+15550100241' }] }))
    await house.addContact({ NAME: 'L', PHONE: [{ VALUE: '+15550100241' }] })
  },
  { refusalsEverywhere: true },
)

const all = () => exact({ LEAD: [ids.lead], CONTACT: [ids.contact], COMPANY: [ids.company] })
const found = (when: string, params: Params, shape: Answering['shape']): Answering => ({ when, params: () => params, shape })
/** the codes of this method are sentences (contract 8.3) */
const refusal = (when: string, error: string, text: string, params: Params): Refusing => ({ when, params, error, text })
const values = ['+15550100240']

contract('crm.duplicate.findbycomm', {
  section: '8.3',
  answers: [
    {
      when: 'numbers by type, leads first',
      who: everybody,
      params: () => ({ type: 'PHONE', values }),
      shape: () => fields({ LEAD: list(num), CONTACT: list(num), COMPANY: list(num) }),
    },
    found('these very cards', { type: 'PHONE', values }, all),
    found('without the digits of an extension', { type: 'phone', values: ['1 555 010-02-40 ext. 12', '+15550100299'] }, all),
    found('of one type', { type: 'PHONE', values, entity_type: 'CONTACT' }, () => exact({ CONTACT: [ids.contact] })),
    found('e-mails in any case', { TYPE: 'EMAIL', VALUES: ['dup@example.COM'] }, () => exact({ CONTACT: [ids.contact] })),
    found('one value that is no list', { type: 'EMAIL', values: 'dup@example.com' }, () => exact({ CONTACT: [ids.contact] })),
    found('nothing is an empty list', { type: 'PHONE', values: ['+15550100298'] }, exact([])),
    found('a type with 20 is the last one', { type: 'PHONE', values: ['+15550100241'] }, () => exact({ LEAD: leads.slice(0, 20) })),
  ],
  refuses: [
    refusal('without a type', 'Communication type is not defined', 'Communication type is not defined', { values }),
    refusal('of no such type', 'Communication type is not supported', 'Communication type is not supported: it is PHONE or EMAIL', {
      type: 'FAX',
      values,
    }),
    refusal('the type is a list', 'Communication type is not supported', 'Communication type is not supported: it is PHONE or EMAIL', {
      type: ['PHONE'],
      values,
    }),
    refusal('without values', 'Communication values is not defined', 'Communication values is not defined', { type: 'PHONE' }),
    refusal('with an empty list', 'Communication values is not defined', 'Communication values is not defined', {
      type: 'PHONE',
      values: [],
    }),
    refusal('with 21 values', 'Too many communication values', 'Too many communication values: at most 20 in one call', {
      type: 'PHONE',
      values: Array.from({ length: 21 }, (_, index) => String(index)),
    }),
    refusal('of deals', 'Entity type is not supported', 'Entity type is not supported: it is LEAD, CONTACT or COMPANY', {
      type: 'PHONE',
      values,
      entity_type: 'DEAL',
    }),
  ],
})
