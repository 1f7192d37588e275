# The message as @to@ wants it. What the source does not say is absent here too.
{ code: .id, title: .name, day: .day } | with_entries(select(.value != null))
