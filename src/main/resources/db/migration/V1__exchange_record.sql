-- One row per exchange (LOG-02). Never content, a path, a query or a header value (MSG-09, LOG-03).
create table exchange_record (
    exchange_id     uuid primary key,
    correlation_id  varchar not null,
    received_at     timestamp(6) with time zone not null,
    closed_at       timestamp(6) with time zone,
    duration_micros bigint,
    form            varchar not null,
    agency          varchar,
    system_id       varchar,
    account         varchar,
    service         varchar,
    service_version integer,
    operation       varchar,
    grant_id        varchar,
    unit_digest     varchar,
    provider        varchar,
    provider_agency varchar,
    status          integer not null,
    result          varchar,
    outcome         varchar not null,
    error_code      varchar,
    partner_code    varchar,
    failed_at       varchar,
    request_bytes   bigint,
    request_digest  bytea,
    answer_bytes    bigint,
    answer_digest   bytea,
    salt            bytea not null,
    refusals        integer not null
);

create index exchange_record_by_time on exchange_record (received_at);
create index exchange_record_by_system on exchange_record (system_id, received_at);
create index exchange_record_by_service on exchange_record (service, received_at);
create index exchange_record_by_correlation on exchange_record (correlation_id);
