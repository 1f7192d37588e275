# Both ways to ask, by path and by body, become one question.
# GET has no body: the id comes from the path, as the variable $id.
# Members that nobody documented are kept, so that request.schema.json can refuse them.
if . == null then { id: $id } else . end
