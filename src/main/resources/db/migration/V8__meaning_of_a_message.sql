-- Digest, under the salt of the exchange, of what a message says, where other bytes may say the same: a SOAP message that is signed anew
-- (DLV-05). In a column of its own and empty by default, so that a node of the release before may read and insert meanwhile.
alter table guaranteed_exchange add column if not exists meaning_digest bytea;
