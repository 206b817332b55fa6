const codes =
  'AE AM AR AT AU AZ BE BG BR BY CA CH CL CN CO CY CZ DE DK EE EG ES FI FR GB GE GR HK HR HU ID IE IL IN IS IT JP KE KG KR KZ LT LU LV MA MD MT MX MY NG NL NO NZ PE PH PK PL PT RO RS RU SA SE SG SI SK TH TJ TM TN TR UA US UY UZ VN ZA'.split(
    ' ',
  )

/** Countries by their name in the person's language; the present one is always among them. */
export function countryOptions(language: string, present: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'region' })
  const all = codes.includes(present) || !/^[A-Z]{2}$/.test(present) ? codes : [...codes, present]
  const options = all.map((value) => ({ value, label: names.of(value) ?? value }))
  return options.toSorted((one, other) => one.label.localeCompare(other.label, language))
}
