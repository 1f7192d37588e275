package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.message.SystemId;

class RegistryFileTest {
    private static final String FILE = "city.yaml";
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final RegistryFile READER = new RegistryFile(
            name -> Optional.ofNullable(Map.of("port", "4711", "high", "70000", "far", "http://10.1.2.3")
                    .get(name)),
            name -> Optional.ofNullable(Map.of("POPULATION", "from-outside").get(name)));

    /** Line numbers in the tests below are lines of this text. */
    private static final String GOOD = """
            sample: true
            agencies:
              - code: H99
                name: Thành phố Mẫu
                validFrom: 2020-01-01
                validTo: 2030-12-31
            systems:
              - id: population
                agency: H99
                name: Cơ sở dữ liệu dân cư
                connection:
                  address: http://127.0.0.1:${port:18091}/population
                  connectTimeout: 250ms
                  answerTimeout: 5s
                  idleTimeout: 1m
                  waitingCalls: 20
                  credential:
                    scheme: hashed-basic
                    user: bus
                    secret: sample:never-shown
              - id: portal
                agency: H99
                name: Cổng thông tin
            accounts:
              - id: portal-key
                system: portal
                keyHash: sha256:%s
                expires: 2030-01-01T00:00:00+07:00
            grants:
              - id: portal-population
                consumer: portal
                service: population-citizen-lookup/v1
                operations: [by-id]
                validFrom: 2026-01-01T00:00:00Z
                expires: 2027-01-01T00:00:00Z
                purpose: Giải quyết hồ sơ
            operators:
              - user: operator
                passwordHash: pbkdf2-sha256:210000:%s:%s
            """.formatted(HASH, HASH.substring(0, 32), HASH);

    private static final String OUTSIDE =
            GOOD.replace("sample: true", "sample: false").replace("sample:never-shown", "env:POPULATION");

    @Test
    void a_registry_is_read_with_all_its_parties() {
        Registry registry = READER.read(FILE, GOOD);

        assertThat(registry.sample()).isTrue();
        assertThat(registry.agencies()).singleElement().satisfies(agency -> {
            assertThat(agency.name()).isEqualTo("Thành phố Mẫu");
            assertThat(agency.validTo()).contains(LocalDate.of(2030, 12, 31));
        });
        assertThat(registry.systems())
                .extracting(InformationSystem::id)
                .containsExactly(new SystemId("population"), new SystemId("portal"));
        assertThat(registry.systems().get(1).connection()).isEmpty();
        assertThat(registry.accounts()).singleElement().satisfies(account -> {
            assertThat(account.keyHash()).contains(HASH);
            assertThat(account.expires()).contains(Instant.parse("2029-12-31T17:00:00Z"));
        });
        assertThat(registry.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.service()).hasToString("population-citizen-lookup/v1");
            assertThat(grant.operations()).containsExactly("by-id");
        });
        assertThat(registry.operators()).singleElement().satisfies(operator -> assertThat(operator.passwordHash())
                .startsWith("pbkdf2-sha256:210000:"));
    }

    @Test
    void a_connection_is_read_with_its_placeholder_filled_from_the_properties() {
        Connection connection = connection(GOOD);

        assertThat(connection.address()).isEqualTo(URI.create("http://127.0.0.1:4711/population"));
        assertThat(connection.addresses()).containsExactly("127.0.0.1");
        assertThat(connection.connectTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(connection.answerTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(connection.idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(connection.waitingCalls()).isEqualTo(20);
        assertThat(connection.credential()).hasValueSatisfying(credential -> {
            assertThat(credential.secret()).isEqualTo("never-shown");
            assertThat(credential).hasToString("HASHED_BASIC bus:***");
        });
        assertThat(connection(GOOD.replace("${port:18091}", "${nobody-set-it:18091}"))
                        .address()
                        .getPort())
                .isEqualTo(18091);
    }

    @Test
    void a_queue_is_read_with_the_time_that_its_consumer_has() {
        assertThat(queue("{ name: lgsp.civil-archive.in, answerTimeout: 5s }"))
                .isEqualTo(new Queue("lgsp.civil-archive.in", Duration.ofSeconds(5)));
        assertThat(queue("{ name: lgsp.a1.in }").answerTimeout()).isEqualTo(Queue.DEFAULT_ANSWER_TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { name: lgsp.civil-archive.work }                        | write lgsp.<name>.in
            { name: lgsp.civil.archive.in }                          | write lgsp.<name>.in
            { name: 'lgsp.#.in' }                                    | write lgsp.<name>.in
            { name: lgsp.civil-archive.in, answerTimeout: 11m }      | 100ms to 10m
            { answerTimeout: 5s }                                    | field 'name' is missing
            """)
    void a_queue_that_would_not_be_one_is_refused(String written, String remedy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue(written))
                .withMessageContaining(FILE + ":")
                .withMessageContaining(remedy);
    }

    @Test
    void two_systems_cannot_share_a_queue() {
        String shared = GOOD.replace(
                        "    name: Cổng thông tin", "    name: Cổng thông tin\n    queue: { name: lgsp.x.in }")
                .replace("dân cư\n", "dân cư\n    queue: { name: lgsp.x.in }\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Snapshot(READER.read(FILE, shared), List.of()))
                .withMessageContaining("have the same queue 'lgsp.x.in'");
    }

    private static Queue queue(String written) {
        String text = GOOD.replace("    name: Cổng thông tin", "    name: Cổng thông tin\n    queue: " + written);
        return READER.read(FILE, text).systems().get(1).queue().orElseThrow();
    }

    @Test
    void the_addresses_of_localhost_are_the_loopback_ones_and_those_of_a_name_are_written() {
        assertThat(connection(GOOD.replace("127.0.0.1", "localhost")).addresses())
                .containsExactly("127.0.0.1", "::1");
        assertThat(connection(GOOD.replace("127.0.0.1", "[::1]")).addresses()).containsExactly("::1");
        assertThat(connection(OUTSIDE.replace("127.0.0.1", "population.example.vn")
                                .replace("connectTimeout: 250ms", "addresses: [10.1.2.3, 10.1.4.0/24, 'fd00::/8']"))
                        .addresses())
                .isEqualTo(List.of("10.1.2.3", "10.1.4.0/24", "fd00::/8"));
    }

    @Test
    void secrets_come_from_the_environment_or_a_file(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "from-a-file\n");

        assertThat(connection(OUTSIDE).credential().orElseThrow().secret()).isEqualTo("from-outside");
        assertThat(connection(OUTSIDE.replace("env:POPULATION", "file:" + file))
                        .credential()
                        .orElseThrow()
                        .secret())
                .isEqualTo("from-a-file");
    }

    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiter = '|', textBlock = """
            # written                     | instead                                | line | what                                  | remedy
            sample: true                  | sampel: true                           | 1    | field 'sampel' is not known           | did you mean 'sample'?
            sample: true                  | sample: yes please                     | 1    | holds text, not true or false         | write true or false
            agencies:                     | agency:                                | 2    | field 'agency' is not known           | did you mean 'agencies'?
            code: H99                     | code: h99                              | 3    | agency code 'h99' is not valid        | letters A-Z, digits and dots
            name: Thành phố Mẫu           | Name: Thành phố Mẫu                    | 4    | field 'Name' is not known             | did you mean 'name'?
            validFrom: 2020-01-01         | validFrom: 01/01/2020                  | 5    | '01/01/2020' is not valid             | write a day, such as 2026-03-01
            validTo: 2030-12-31           | validTo: 2019-12-31                    | 6    | 'validTo' is before 'validFrom'       | write a later day
            id: portal                    | id: population                         | 21   | id 'population' is written twice      | keep one of them
            id: portal                    | id: Portal                             | 21   | system id 'Portal' is not valid       | write kebab-case
            address: http://127.0.0.1:${port:18091}/population | adress: http://127.0.0.1 | 12 | field 'adress' is not known     | did you mean 'address'?
            address: http://127.0.0.1:${port:18091}/population | # none        | 13   | field 'address' is missing            | write it
            ${port:18091}                 | ${prot}                                | 12   | property prot is not set              | ${prot:…}
            ${port:18091}                 | ${PORT}                                | 12   | a placeholder is not valid            | write ${name}
            ${port:18091}                 | ${high}                                | 12   | no valid host and port                | the port 1 to 65535
            http://127.0.0.1              | ftp://127.0.0.1                        | 12   | no scheme that the bus speaks         | write http:// or https://
            http://127.0.0.1              | http://bus:pass-word@127.0.0.1         | 12   | the address holds a user              | write a 'credential'
            http://127.0.0.1              | http://127.0.0 .1                      | 12   | the address is not a URL              | write http://host:port/path
            http://127.0.0.1              | http://127.0.0.256                     | 12   | no valid host and port                | write http://host:port/path
            http://127.0.0.1              | http://10.1.2.3                        | 12   | host '10.1.2.3' is not loopback       | write 127.0.0.1
            http://127.0.0.1              | http://population.example.vn           | 12   | is not loopback, but this is the sample city | write 127.0.0.1
            /population                   | /population?wsdl                       | 12   | goes on behind the path               | take ? and # out
            connectTimeout: 250ms         | connectTimeout: 31s                    | 13   | '31s' is not valid                    | 100ms to 30s
            connectTimeout: 250ms         | addresses: [127.0.0.1]                 | 13   | field 'addresses' is of no use        | take it out
            answerTimeout: 5s             | answerTimeout: 5 s                     | 14   | '5 s' is not valid                    | 100ms to 2m
            idleTimeout: 1m               | idleTimeout: 1h                        | 15   | '1h' is not valid                     | 1s to 10m
            waitingCalls: 20              | waitingCalls: 0                        | 16   | '0' is not valid                      | 1 to 100000
            waitingCalls: 20              | waitingCalls: [20]                     | 16   | 'waitingCalls' holds a list           | write one behind the colon
            scheme: hashed-basic          | scheme: basic                          | 18   | 'basic' is not valid                  | write one of hashed-basic
            user: bus                     | user: 4711                             | 19   | holds a number, not text              | put it in quotes
            secret: sample:never-shown    | secret: never-shown                    | 20   | does not say where the secret is      | write env:NAME or file:path
            secret: sample:never-shown    | secret: env:never-shown                | 20   | environment variable that is not set  | set it before the start
            secret: sample:never-shown    | secret: file:/never-shown              | 20   | a file that is not there              | mend the path
            secret: sample:never-shown    | secret: "sample:"                      | 20   | leads to an empty secret              | put one there
            secret: sample:never-shown    | secrets: sample:never-shown            | 20   | field 'secrets' is not known          | did you mean 'secret'?
            secret: sample:never-shown    | secret: 'never-shown                   | 40   | a quote that is opened on this line or before is not closed | close the quote
            keyHash: sha256:              | keyHash: never-shown                   | 27   | field 'keyHash' is not a hash         | never the key
            expires: 2030-01-01T00:00:00+07:00 | expires: 2030-01-01               | 28   | '2030-01-01' is not valid             | write day, time and offset
            expires: 2030-01-01T00:00:00+07:00 | onBehalfOf: X-Api-Key            | 28   | no header in which a platform names   | X-Road-Client
            expires: 2030-01-01T00:00:00+07:00 | onBehalfOf: Authorization        | 28   | no header in which a platform names   | X-Road-Client
            consumer: portal              | consumer: []                           | 31   | field 'consumer' holds a list         | write one behind
            service: population-citizen-lookup/v1 | service: population-citizen-lookup | 32 | is not valid                        | write service and version
            service: population-citizen-lookup/v1 | service: Population/v1         | 32   | service id 'Population' is not valid  | write kebab-case
            operations: [by-id]           | operations: [byId]                     | 33   | 'byId' is not valid                   | write kebab-case
            expires: 2027-01-01T00:00:00Z | expires: 2026-01-01T00:00:00Z          | 35   | 'expires' is not after 'validFrom'    | write a later instant
            purpose: Giải quyết hồ sơ     | because: Giải quyết hồ sơ              | 36   | field 'because' is not known          | take it out; known here are id, consumer
            - user: operator              | - user: Operator One                   | 38   | 'Operator One' is not valid           | write a letter
            pbkdf2-sha256:210000          | pbkdf2-sha256:209999                   | 39   | is not a password hash                | at least 210000 iterations
            pbkdf2-sha256:210000          | never-shown                            | 39   | is not a password hash                | never the password
            """)
    void a_mistake_is_refused_with_file_line_and_remedy_and_no_secret(
            String written, String instead, int line, String what, String remedy) {
        assertThat(GOOD).contains(written);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> READER.read(FILE, once(GOOD, written, instead)))
                .withMessageStartingWith(FILE + ":" + line + ": ")
                .withMessageContaining(what)
                .withMessageContaining(remedy)
                .withMessageNotContainingAny("Exception", "java", "vn.lgsp", "never-shown", "pass-word", HASH, "\n");
    }

    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiter = '|', textBlock = """
            http://127.0.0.1      | http://population.example.vn     | 12 | field 'addresses' is missing          | write the addresses
            connectTimeout: 250ms | addresses: [10.1.2.3/33]         | 13 | '10.1.2.3/33' is not valid            | write an IP address or a block
            connectTimeout: 250ms | addresses: [0.0.0.0/0]           | 13 | '0.0.0.0/0' is not valid              | write an IP address or a block
            connectTimeout: 250ms | addresses: [population]          | 13 | 'population' is not valid             | write an IP address or a block
            connectTimeout: 250ms | addresses: ['fd00::%eth0']       | 13 | 'fd00::%eth0' is not valid            | write an IP address or a block
            secret: env:POPULATION | secret: sample:never-shown      | 20 | but this is not the sample city       | write env:NAME or file:path
            """)
    void outside_the_sample_city_too(String written, String instead, int line, String what, String remedy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> READER.read(FILE, once(OUTSIDE, written, instead)))
                .withMessageStartingWith(FILE + ":" + line + ": ")
                .withMessageContaining(what)
                .withMessageContaining(remedy)
                .withMessageNotContaining("never-shown");
    }

    @Test
    void a_duplicate_among_entries_of_every_kind_is_refused() {
        for (String entry : List.of("agencies", "accounts", "grants", "operators")) {
            String block = GOOD.replaceAll("(?s).*" + entry + ":\n((?:  .*?\n)+?)(?=\\S|$).*", "$1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> READER.read(FILE, GOOD.replace(block, block + block)))
                    .withMessageContaining("is written twice: keep one of them");
        }
    }

    private static Connection connection(String text) {
        return READER.read(FILE, text).systems().get(0).connection().orElseThrow();
    }

    private static String once(String text, String written, String instead) {
        return text.replaceFirst(Pattern.quote(written), Matcher.quoteReplacement(instead));
    }
}
