# What the registry is told: under which exchange the process runs. Its steps are read at GET /exchanges/{id}.
{ exchange: $exchangeId, registrationNo: .registrationNo }
