import { expect, test } from 'vitest'
import { callerIdOf, endpointOf, fillTemplate, problemOfTemplate } from './dial-string.ts'

test('a template is filled with the extension, the number, or the number without its plus', () => {
  const values = { extension: '101', number: '+15550100' }
  expect(fillTemplate('PJSIP/{extension}', values)).toBe('PJSIP/101')
  expect(fillTemplate('PJSIP/{number}@trunk', values)).toBe('PJSIP/+15550100@trunk')
  expect(fillTemplate('Local/9{digits}@from-internal/n', values)).toBe('Local/915550100@from-internal/n')
})

test.each([
  '5550100@evil',
  '5550100&PJSIP/9',
  '5550100,30,g',
  '5550100/n',
  '5550100;x',
  '5550100\n',
  '5550100\r\nX-Evil: 1',
  '${EXTEN}',
  '5550100|x',
  '${SHELL(x)}',
  '',
  '+',
  '55 50100',
  '５５５',
])('the number %j gets into no dial string', (number) =>
  expect(() => fillTemplate('PJSIP/{number}@trunk', { extension: '101', number })).toThrow('cannot stand in a dial string'),
)

test.each(['101@x', '101&102', '1-2', '', '+1'])('the extension %j gets into no dial string', (extension) =>
  expect(() => fillTemplate('PJSIP/{extension}', { extension, number: '+15550100' })).toThrow('cannot stand in a dial string'),
)

test.each([
  ['PJSIP/{number}@trunk&PJSIP/2', 'is no dial template'],
  ['PJSIP/{number}@trunk,30', 'is no dial template'],
  ['PJSIP/{number} @trunk', 'is no dial template'],
  ['{number}@trunk', 'is no dial template'],
  ['PJSIP/{number}@{trunk}', 'may stand in braces'],
  ['PJSIP/{number', 'may stand in braces'],
  ['PJSIP/{constructor}', 'may stand in braces'],
  ['PJSIP/100@trunk', 'needs {number} or {digits}'],
])('the template %j is refused, and says why', (template, why) => expect(problemOfTemplate(template, ['number', 'digits'])).toContain(why))

test.each(['PJSIP/{number}@trunk', 'Local/{digits}@from-internal/n', 'SIP/provider/{digits}'])('the template %j is taken', (template) =>
  expect(problemOfTemplate(template, ['number', 'digits'])).toBeUndefined(),
)

test('only phones that Asterisk itself knows can be asked for', () => {
  expect(endpointOf('PJSIP/101')).toEqual({ tech: 'PJSIP', resource: '101' })
  expect(['Local/101@internal/n', 'PJSIP/101@trunk'].map(endpointOf)).toEqual([undefined, undefined])
})

test('a name cannot end the caller id that it stands in', () => {
  expect(callerIdOf('Carl "Evil" <0>\r\nX: y', '+15550100')).toBe('"Carl  Evil   0   X: y" <+15550100>')
  expect(callerIdOf('', '+1 (555) 0100>')).toBe('<+15550100>')
  expect(callerIdOf('Анна', '100')).toBe('"Анна" <100>')
})
