# Both ways to ask, by path and by message, become one question.
if . == null then { number: $number } else . end
