/** Voices that connectors name in callbacks (contract 2.3), by id; speaking is the connector's own matter. */
export const voices = {
  usinternalfemale: 'English, female',
  usinternalmale: 'English, male',
  ukenglishfemale: 'English (UK), female',
  ukenglishmale: 'English (UK), male',
  ruinternalfemale: 'Russian, female',
  eurgermanfemale: 'German, female',
  eurgermanmale: 'German, male',
  eurfrenchfemale: 'French, female',
  eurspanishfemale: 'Spanish, female',
} as const
