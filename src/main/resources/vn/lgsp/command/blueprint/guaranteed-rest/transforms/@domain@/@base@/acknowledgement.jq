# What the source is answered: the id under which it can ask for the deliveries. It leaves when the message is safe.
{ exchange: $exchangeId, result: "00" }
