package vn.lgsp.record;

import vn.lgsp.TestPostgres;

/** The store's specification on a real PostgreSQL. */
class RecordPostgresIT extends RecordStoreSpecification {
    @Override
    String address(String name) {
        return TestPostgres.database(name);
    }
}
