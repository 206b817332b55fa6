import { openContract } from '../../support/contract.ts'
import { bool, fields, isoTime } from '../../support/shape.ts'

const { contract } = openContract(['telephony', 'crm', 'user'])

contract('server.time', { section: '6.7', answers: { shape: isoTime } })

contract('method.get', {
  section: '6.7',
  answers: { params: () => ({ name: 'user.get' }), shape: fields({ isExisting: bool, isAvailable: bool }) },
})
