package vn.lgsp.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseTest {
    @TempDir
    Path folder;

    @Test
    void the_password_is_not_printed_whether_it_stands_alone_or_in_the_address() {
        assertThat(new DatabaseSettings("jdbc:postgresql://db/lgsp?user=lgsp&password=secret", "lgsp", "secret"))
                .asString()
                .contains("password=***", "jdbc:postgresql://db/lgsp")
                .doesNotContain("secret");
    }

    @Test
    void another_kind_of_database_is_refused_by_the_name_of_the_setting() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseSettings("jdbc:mysql:x", "lgsp", ""))
                .withMessageContaining("lgsp.database.url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from \"flyway_schema_history\"; drop table delivery, guaranteed_exchange, sealed_content cascade;"
                        + " drop index exchange_record_by_correlation",
                "delete from \"flyway_schema_history\" where \"version\" <> '1'; drop table delivery cascade",
                "update \"flyway_schema_history\" set \"success\" = false where \"installed_rank\" >= 3;"
                        + " drop index delivery_by_schedule",
                "drop all objects"
            })
    void a_bus_that_was_killed_while_it_made_its_tables_makes_the_rest_at_its_next_start(String killed)
            throws SQLException {
        DatabaseSettings settings = new DatabaseSettings("jdbc:h2:file:" + folder.resolve("killed"), "lgsp", "");
        try (Database database = new Database(settings);
                Connection connection = database.connection()) {
            for (String statement : killed.split(";", -1)) {
                connection.createStatement().execute(statement);
            }
        }
        try (Database again = new Database(settings);
                Connection connection = again.connection();
                var made = connection
                        .createStatement()
                        .executeQuery("select count(*) from information_schema.indexes where index_name in"
                                + " ('delivery_by_schedule', 'exchange_record_by_correlation')")) {
            assertThat(made.next()).isTrue();
            assertThat(made.getInt(1)).isEqualTo(2);
        }
    }

    @Test
    void what_an_earlier_start_recorded_stays_when_the_tables_are_made_again() throws SQLException {
        DatabaseSettings settings = new DatabaseSettings("jdbc:h2:file:" + folder.resolve("killed"), "lgsp", "");
        try (Database database = new Database(settings);
                Connection connection = database.connection()) {
            connection.createStatement().execute("create table kept (id integer)");
            connection.createStatement().execute("delete from \"flyway_schema_history\" where \"version\" <> '1'");
        }
        try (Database again = new Database(settings);
                Connection connection = again.connection();
                var rows = connection.createStatement().executeQuery("select count(*) from kept")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // nobody knows any more what was done
                "drop table \"flyway_schema_history\"",
                "delete from \"flyway_schema_history\"",
                "update \"flyway_schema_history\" set \"success\" = false",
                // a later bus was here, and its history is none of ours
                "update \"flyway_schema_history\" set \"version\" = '9' || \"version\""
            })
    void what_holds_a_row_is_never_made_anew_whatever_its_history_says(String lost) throws SQLException {
        DatabaseSettings settings = new DatabaseSettings("jdbc:h2:file:" + folder.resolve("kept"), "lgsp", "");
        try (Database database = new Database(settings);
                Connection connection = database.connection()) {
            connection.createStatement().execute("create table kept (id integer)");
            connection.createStatement().execute("insert into kept values (1)");
            connection.createStatement().execute(lost);
        }
        try (Database again = new Database(settings)) {
            assertThatThrownBy(again::open).hasRootCauseMessage(Database.NOT_OURS);
        }
        try (Connection connection =
                        DriverManager.getConnection(settings.url() + ";DATABASE_TO_LOWER=TRUE", "lgsp", "");
                var rows = connection.createStatement().executeQuery("select count(*) from kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void what_was_committed_last_is_there_after_a_kill_though_the_space_of_earlier_commits_was_used_again()
            throws Exception {
        Path file = folder.resolve("used.mv.db");
        Path left = folder.resolve("left.mv.db");
        // H2 uses space again after 45 s; here at once
        DatabaseSettings used =
                new DatabaseSettings("jdbc:h2:file:" + folder.resolve("used") + ";RETENTION_TIME=0", "lgsp", "");
        try (Database database = new Database(used);
                Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table filled (id integer primary key, text varchar)");
            statement.execute("insert into filled select rownum(), repeat('x', 500) from system_range(1, 2000)");
            statement.execute("create table last (number integer)");
            statement.execute("insert into last values (0)");
            connection.setAutoCommit(false);
            for (int i = 1; i <= 30; i++) {
                statement.execute("update filled set text = repeat('y', " + (100 + 7 * i % 400) + ") where id = "
                        + (37 * i % 2000 + 1));
                statement.execute("update last set number = " + i);
                connection.commit();
                // what a process leaves that is killed now
                Files.copy(file, left, StandardCopyOption.REPLACE_EXISTING);
                try (Database again = new Database(
                                new DatabaseSettings("jdbc:h2:file:" + folder.resolve("left"), "lgsp", ""));
                        Connection found = again.connection();
                        var row = found.createStatement().executeQuery("select number from last")) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getInt(1)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void a_file_that_h2_has_given_up_as_on_a_full_disk_is_opened_again_with_what_was_committed() throws SQLException {
        try (Database database = new Database(DatabaseSettings.under(folder))) {
            Connection held = database.connection();
            Connection connection = database.connection();
            Statement statement = connection.createStatement();
            statement.execute("create table last (number integer)");
            statement.execute("insert into last values (7)");
            // what H2 does to itself when a write fails
            assertThatThrownBy(() -> {
                        statement.execute("shutdown immediately");
                        statement.execute("select 1");
                    })
                    .isInstanceOf(SQLException.class);

            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> number(database) == 7);
            assertThatThrownBy(() -> held.createStatement().executeQuery("select 1 from last"))
                    .isInstanceOf(SQLException.class);
            for (int i = 0; i < 10; i++) {
                // more than the connections of a pool: none of those that are lost is among them
                assertThat(number(database)).isEqualTo(7);
            }
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(database.connection());
            }
            for (Connection one : all) {
                one.close();
            }
        }
        assertThat(folder.resolve("database/lgsp.trace.db")).doesNotExist();
    }

    private static int number(Database database) throws SQLException {
        try (Connection connection = database.connection();
                var row = connection.createStatement().executeQuery("select number from last")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void it_may_come_after_the_bus_and_then_opens_for_whoever_asks() throws SQLException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        int port = server.getPort();
        server.stop();
        String url = "jdbc:h2:tcp://127.0.0.1:" + port + "/" + folder.resolve("remote");
        try (Database database = new Database(new DatabaseSettings(url, "lgsp", ""))) {
            assertThatThrownBy(database::connection).isInstanceOf(SQLException.class);
            assertThat(database.isOpen()).isFalse();
            server = Server.createTcpServer("-tcpPort", Integer.toString(port), "-ifNotExists")
                    .start();
            try (Connection connection = database.connection();
                    var rows = connection.createStatement().executeQuery("select count(*) from exchange_record")) {
                assertThat(rows.next()).isTrue();
            }
            assertThat(database.isOpen()).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test
    void nobody_waits_for_longer_than_one_attempt_at_a_database_that_hangs() throws Exception {
        ExecutorService askers = Executors.newFixedThreadPool(4);
        try (java.net.ServerSocket hangs = new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
                Database database = new Database(new DatabaseSettings(
                        "jdbc:postgresql://127.0.0.1:" + hangs.getLocalPort() + "/lgsp", "lgsp", ""))) {
            long begun = System.nanoTime();
            List<CompletableFuture<Void>> asked = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                asked.add(CompletableFuture.runAsync(
                        () -> assertThatThrownBy(database::connection).isInstanceOf(SQLException.class), askers));
            }
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).join();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
        } finally {
            askers.shutdown();
        }
    }

    @Test
    void who_closes_it_waits_for_the_connection_that_is_just_being_made_and_the_file_is_free() throws Exception {
        // so that each connection takes its time
        String slow = ";INIT=create alias if not exists pause for 'java.lang.Thread.sleep(long)'\\;call pause(400)";
        String file = "jdbc:h2:file:" + folder.resolve("slow");
        ExecutorService askers = Executors.newFixedThreadPool(8);
        try (Database database = new Database(new DatabaseSettings(file + slow, "lgsp", ""))) {
            database.open();
            CountDownLatch enough = new CountDownLatch(1);
            List<Future<Boolean>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add(askers.submit(() -> {
                    try (Connection taken = database.connection()) {
                        enough.await();
                        return taken.isValid(1);
                    }
                }));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> Thread.getAllStackTraces().values().stream()
                    .flatMap(Arrays::stream)
                    .anyMatch(frame -> frame.getClassName().equals(FileConnections.class.getName())));
            enough.countDown();
            for (Future<Boolean> answered : asked) {
                assertThat(answered.get()).isTrue();
            }
        } finally {
            askers.shutdown();
        }
        try (Database again = new Database(new DatabaseSettings(file, "lgsp", ""))) {
            again.open();
        }
    }

    @Test
    void after_it_is_closed_it_gives_no_connection() throws SQLException {
        Database database = new Database(DatabaseSettings.under(folder));
        database.open();
        database.close();

        assertThatThrownBy(database::connection).isInstanceOf(SQLException.class);
    }
}
