# Days since 1970-01-01 of a date of the Gregorian calendar.
function days_of(year, month, day,    era, of_era, of_year) {
  if (month <= 2) year--
  era = int(year / 400)
  of_era = year - era * 400
  of_year = int((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + of_era * 365 + int(of_era / 4) - int(of_era / 100) + of_year - 719468
}

# 2026-11-18T07:41:00Z of seconds since 1970.
function time_text(seconds,    days, rest, era, of_era, years, of_year, month, day, year) {
  days = int(seconds / 86400)
  rest = seconds - days * 86400
  days += 719468
  era = int(days / 146097)
  of_era = days - era * 146097
  years = int((of_era - int(of_era / 1460) + int(of_era / 36524) - int(of_era / 146096)) / 365)
  of_year = of_era - (365 * years + int(years / 4) - int(years / 100))
  month = int((5 * of_year + 2) / 153)
  day = of_year - int((153 * month + 2) / 5) + 1
  month += month < 10 ? 3 : -9
  year = years + era * 400 + (month <= 2)
  return sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, int(rest / 3600), int(rest / 60) % 60, rest % 60)
}
