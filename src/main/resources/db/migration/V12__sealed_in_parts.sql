-- Content that is too large to be sealed as one piece (format 2): its parts are written before the row that opens them, which comes into
-- sealed_content or mailbox_content with the one commit of its exchange. Parts without such a row can never be opened, and are swept.
create table if not exists sealed_parts (
    owner_id   uuid primary key,
    created_at timestamp(6) with time zone not null
);

create index if not exists sealed_parts_by_age on sealed_parts (created_at);

create table if not exists sealed_part (
    owner_id uuid not null references sealed_parts on delete cascade,
    number   integer not null,
    content  ${content} not null,
    primary key (owner_id, number)
);
