# The provider's record in the service's own form. What the provider does not say is absent here too.
{ @member@: ({ id: .code, name: .title, updatedOn: .updated } | with_entries(select(.value != null))) }
