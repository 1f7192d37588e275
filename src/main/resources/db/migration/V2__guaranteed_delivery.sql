-- Guaranteed delivery (DLV-03). An exchange is kept as 'accepting' until the broker has its references, and is 'accepted' from
-- then on. Never content in clear, a path, a query or a header value (MSG-06, MSG-09).
create table if not exists guaranteed_exchange (
    exchange_id     uuid primary key,
    state           varchar not null check (state in ('accepting', 'accepted')),
    service         varchar not null,
    service_version integer not null,
    unit_digest     varchar not null,
    agency          varchar not null,
    system_id       varchar not null,
    account         varchar not null,
    message_id      varchar,
    correlation_id  varchar not null,
    content_type    varchar not null,
    door            varchar not null,
    received_at     timestamp(6) with time zone not null,
    kept_at         timestamp(6) with time zone not null,
    accepted_at     timestamp(6) with time zone,
    salt            bytea not null,
    request_bytes   bigint not null,
    request_digest  bytea not null,
    -- the same message of the same source is accepted once (DLV-05)
    constraint guaranteed_exchange_message unique (system_id, service, service_version, message_id)
);

create index if not exists guaranteed_exchange_by_state on guaranteed_exchange (state, kept_at);

-- Here as long as one delivery of the exchange needs it.
create table if not exists sealed_content (
    exchange_id uuid primary key references guaranteed_exchange on delete cascade,
    expires_at  timestamp(6) with time zone not null,
    format      integer not null,
    epoch       bigint not null,
    wrapped_key bytea not null,
    content     ${content} not null
);

create index if not exists sealed_content_by_epoch on sealed_content (epoch);
create index if not exists sealed_content_by_end on sealed_content (expires_at);

-- The truth of each delivery's state and schedule (DLV-06).
create table if not exists delivery (
    delivery_id     uuid primary key,
    exchange_id     uuid not null references guaranteed_exchange on delete cascade,
    destination     varchar not null,
    state           varchar not null check (state in ('accepted', 'delivering', 'delivered', 'parked', 'expired')),
    attempts        integer not null,
    -- attempts made before an operator sent it again: a new retry plan begins behind them
    earlier         integer not null,
    -- when the sweeper has to look at it: a retry is due, a lease is over, a reference may be lost
    due_at          timestamp(6) with time zone not null,
    -- a planned retry that no reference is out for: earlier ones do not begin it
    not_before      timestamp(6) with time zone,
    lease_until     timestamp(6) with time zone,
    node            varchar,
    run             uuid,
    last_attempt_at timestamp(6) with time zone,
    ended_at        timestamp(6) with time zone,
    reason          varchar,
    partner_code    varchar,
    sent_bytes      bigint,
    sent_digest     bytea
);

create index if not exists delivery_by_exchange on delivery (exchange_id);
create index if not exists delivery_by_due on delivery (state, due_at);
create index if not exists delivery_by_destination on delivery (state, destination);
