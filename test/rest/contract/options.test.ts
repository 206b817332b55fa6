import { openContract, type Who } from '../../support/contract.ts'
import { exact } from '../../support/shape.ts'

const { contract } = openContract([])
const many = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`option${index}`, String(index)]))

for (const [method, askers] of [
  ['app.option.set', ['app']],
  ['user.option.set', ['app', 'app of Eve']],
] as ReadonlyArray<readonly [string, readonly Who[]]>)
  contract(method, {
    section: '6.7',
    answers: {
      when: '1000 at once',
      who: askers,
      params: () => ({ OPTIONS: many(1000) }),
      shape: exact(true),
      after: async (house) => [await house.ask(method.replace('set', 'get'), { OPTION: 'option999' }), '999'],
    },
    refuses: [
      {
        when: 'more than 1000 at once',
        params: { OPTIONS: many(1001) },
        error: 'ERROR_ARGUMENT',
        text: 'More than 1000 values at once: send them in several requests',
      },
      ...(method === 'app.option.set'
        ? [
            {
              when: 'Eve is no administrator',
              who: 'app of Eve' as const,
              params: { OPTIONS: many(1) },
              error: 'AccessException',
              text: 'Administrator authorization required',
            },
          ]
        : []),
      { when: 'nothing is given', params: {}, error: 'ArgumentNullException', text: 'options is empty' },
      {
        when: 'a webhook asks',
        who: 'webhook' as const,
        params: { OPTIONS: many(1) },
        error: 'AccessException',
        text: 'Application context required',
      },
    ],
  })
