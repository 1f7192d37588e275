-- What the bus starts by itself (DLV-08). One row per service: up to which instant its schedule has been looked at, and which run of which
-- node is at it now.
create table if not exists schedule_state (
    service         varchar not null,
    service_version integer not null,
    considered_at   timestamp(6) with time zone not null,
    lease_until     timestamp(6) with time zone,
    node            varchar,
    run             uuid,
    primary key (service, service_version)
);

-- One row for each instant that was begun: never two.
create table if not exists schedule_run (
    service         varchar not null,
    service_version integer not null,
    due_at          timestamp(6) with time zone not null,
    node            varchar not null,
    begun_at        timestamp(6) with time zone not null,
    ended_at        timestamp(6) with time zone,
    exchange_id     uuid,
    -- 00 or 01 as in the record; 'interrupted' when the node died meanwhile
    result          varchar,
    error_code      varchar,
    primary key (service, service_version, due_at)
);
