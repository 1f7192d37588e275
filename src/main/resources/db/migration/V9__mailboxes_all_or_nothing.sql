-- A packet is its receivers' when all of it is accepted: also what goes on to organisations outside (EXT-20).
alter table mailbox_entry add column if not exists held boolean default false not null;
-- Under which key a packet is handed on to a receiver outside, and the exchange that took it.
alter table mailbox_entry add column if not exists handed_key varchar;
alter table mailbox_entry add column if not exists handed_exchange uuid;
-- The last business code of two digits that a receiver has told instead of a state.
alter table mailbox_entry add column if not exists business varchar;

create index if not exists mailbox_entry_by_handed on mailbox_entry (handed_key);
