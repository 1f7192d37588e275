-- Organisations that a document system registers at the desk (EXT-20): asked for, then in force once an operator has said so; what was in force
-- is never deleted. Code, name and ways to reach an office; of no person.
create table if not exists registered_agency (
    agency_id  uuid primary key,
    system_id  varchar not null,
    code_key   varchar not null,
    version    integer not null,
    state      varchar not null check (state in ('asked', 'in-force', 'refused', 'ended')),
    given_id   varchar not null,
    parent     varchar not null,
    code       varchar not null,
    name       varchar not null,
    mail       varchar not null,
    mobile     varchar not null,
    fax        varchar not null,
    asked_at   timestamp(6) with time zone not null,
    in_force_at timestamp(6) with time zone,
    ended_at   timestamp(6) with time zone,
    decided_by varchar,
    reason     varchar,
    -- the code while it is asked for, and while it is in force: each once
    lock_key   varchar,
    constraint registered_agency_lock unique (lock_key)
);

create index if not exists registered_agency_by_code on registered_agency (code_key, version);
create index if not exists registered_agency_by_system on registered_agency (system_id, state);
create index if not exists registered_agency_by_state on registered_agency (state, asked_at);
