-- Mailboxes of the document exchange (EXT-20): what waits until the system of a receiver has fetched and confirmed it. No content in clear, no
-- title and no name: identifiers, codes of organisations, sizes and digests (MSG-06, MSG-09).
create table if not exists mailbox_packet (
    packet_id    uuid primary key,
    system_id    varchar not null,
    message_type varchar not null check (message_type in ('edoc', 'status')),
    from_code    varchar not null,
    bytes        bigint not null,
    digest       varchar not null,
    created_at   timestamp(6) with time zone not null
);

create index if not exists mailbox_packet_by_digest on mailbox_packet (digest);

-- Here as long as one receiver needs it.
create table if not exists mailbox_content (
    packet_id   uuid primary key references mailbox_packet on delete cascade,
    created_at  timestamp(6) with time zone not null,
    format      integer not null,
    epoch       bigint not null,
    wrapped_key bytea not null,
    content     ${content} not null
);

create index if not exists mailbox_content_by_epoch on mailbox_content (epoch);
create index if not exists mailbox_content_by_age on mailbox_content (created_at);

-- One for each receiver. The same packet for the same receiver is kept once.
create table if not exists mailbox_entry (
    entry_id     uuid primary key,
    packet_id    uuid not null references mailbox_packet on delete cascade,
    receiver     varchar not null,
    message_type varchar not null,
    entry_key    varchar not null,
    outside      boolean not null,
    state        varchar not null check (state in ('initial', 'processing', 'done', 'fail')),
    created_at   timestamp(6) with time zone not null,
    updated_at   timestamp(6) with time zone not null,
    constraint mailbox_entry_key unique (entry_key)
);

create index if not exists mailbox_entry_by_receiver on mailbox_entry (receiver, message_type, state, created_at);
create index if not exists mailbox_entry_by_age on mailbox_entry (outside, state, created_at);
create index if not exists mailbox_entry_by_packet on mailbox_entry (packet_id);
