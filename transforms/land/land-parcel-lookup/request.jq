# Both ways to ask, by path and by body, become one question.
# GET has no body: the codes come from the path, as the variables $district and $number.
if . == null then { district: $district, number: $number } else . end
