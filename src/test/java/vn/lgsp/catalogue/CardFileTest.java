package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.message.SystemId;

class CardFileTest {
    private static final String FILE = "routes/land/land-parcel-lookup.card.yaml";

    /** Line numbers in the tests below are lines of this text. */
    private static final String GOOD = """
            service: land-parcel-lookup
            version: 1
            name:
              vi: Tra cứu thửa đất
              en: Land parcel lookup
            description: One parcel by its district and number.
            contact: Phòng kỹ thuật
            providers: [land-registry-east, land-registry-west]
            mode: mapped
            answer: held
            criterion: real-time
            personalData: false
            limits:
              request: 64KB
              answer: 2GB
              bodyTimeout: 5m
            operations:
              - id: by-number
                method: GET
                path: /parcels/{district}/{number}
                query: [lang]
                answers: [404]
              - id: by-body
                method: POST
                path: /parcels
                accepts: [application/json]
            """;

    @Test
    void a_card_is_read_with_its_limits_and_operations() {
        ServiceCard card = CardFile.read(FILE, GOOD);

        assertThat(card.key()).hasToString("land-parcel-lookup/v1");
        assertThat(card.domain()).isEqualTo("land");
        assertThat(card.name()).isEqualTo("Tra cứu thửa đất");
        assertThat(card.providers())
                .containsExactly(new SystemId("land-registry-east"), new SystemId("land-registry-west"));
        assertThat(card.mode()).isEqualTo(ServiceCard.Mode.MAPPED);
        assertThat(card.requestLimit()).isEqualTo(65_536);
        assertThat(card.answerLimit()).isEqualTo(2_147_483_648L);
        assertThat(card.bodyTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(card.operations())
                .extracting(Operation::label)
                .containsExactly("GET /parcels/{district}/{number}", "POST /parcels");
        assertThat(card.operations().get(0).answers()).containsExactly(404);
        assertThat(card.operations().get(1).accepts()).isEqualTo(List.of("application/json"));
        assertThat(card.entry().criterion()).isEqualTo(ServiceCard.Criterion.REAL_TIME);
    }

    @Test
    void a_card_without_limits_gets_those_that_the_reference_names() {
        ServiceCard card = CardFile.read(FILE, GOOD.replaceAll("(?s)limits:.*operations:", "operations:"));

        assertThat(card.requestLimit()).isEqualTo(1024 * 1024);
        assertThat(card.answerLimit()).isEqualTo(10 * 1024 * 1024);
        assertThat(card.bodyTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiter = '|', textBlock = """
            # written                       | instead                        | line | what                                      | remedy
            mode: mapped                    | mod: mapped                    | 9    | field 'mod' is not known                  | did you mean 'mode'?
            contact: Phòng kỹ thuật         | telephone: Phòng kỹ thuật      | 7    | field 'telephone' is not known            | take it out; known here are service
              en: Land parcel lookup        | eng: Land parcel lookup        | 5    | field 'eng' is not known in 'name'        | did you mean 'en'?
            mode: mapped                    | # nothing                      | 1    | field 'mode' is missing                   | such as 'mode: …'
            providers: [land-registry-east, land-registry-west] | providers: [] | 1 | field 'providers' is missing            | write it
            providers: [land-registry-east, land-registry-west] | providers: land | 8 | field 'providers' holds text, not a list | write [a, b]
            providers: [land-registry-east, land-registry-west] | providers: [Land_Registry] | 8 | system id 'Land_Registry' is not valid | write kebab-case
            providers: [land-registry-east, land-registry-west] | providers: [land, land] | 8 | 'land' twice                    | keep one of them
            service: land-parcel-lookup     | service: land-parcel-search    | 1    | 'land-parcel-search', but the file is     | rename one of them
            version: 1                      | version: one                   | 2    | 'one' is not valid                        | write a whole number, 1 to 999
            version: 1                      | version: 1000                  | 2    | '1000' is not valid                       | 1 to 999
            mode: mapped                    | mode: mappd                    | 9    | 'mappd' is not valid                      | did you mean 'mapped'?
            mode: mapped                    | mode: [mapped]                 | 9    | field 'mode' holds a list                 | write one behind the colon
            mode: mapped                    | mode: 7                        | 9    | field 'mode' holds a number, not text     | put it in quotes
            criterion: real-time            | criterion: soon                | 11   | 'soon' is not valid                       | write one of real-time, near-real-time
            personalData: false             | personalData: "no"             | 12   | holds text, not true or false             | write true or false
            contact: Phòng kỹ thuật         | contact:                       | 7    | field 'contact' holds nothing             | write one behind the colon
            contact: Phòng kỹ thuật         | contact: "  "                  | 7    | the text has 2 characters                 | write 1 to 2000
            request: 64KB                   | request: 65536                 | 14   | '65536' is not valid                      | write a number and B, KB, MB or GB
            request: 64KB                   | request: 11GB                  | 14   | '11GB' is not valid                       | 0B to 10GB
            answer: 2GB                     | answer: 12B                    | 15   | '12B' is not valid                        | 1KB to 10GB
            bodyTimeout: 5m                 | bodyTimeout: 30                | 16   | '30' is not valid                         | write a number and ms, s, m or h
            bodyTimeout: 5m                 | bodyTimeout: 61m               | 16   | '61m' is not valid                        | 1s to 1h
            bodyTimeout: 5m                 | bodyTimeout: 999ms             | 16   | '999ms' is not valid                      | 1s to 1h
            method: GET                     | method: FETCH                  | 19   | 'FETCH' is not valid                      | write one of GET, POST, PUT, PATCH, DELETE
            path: /parcels/{district}/{number} | path: parcels               | 20   | path 'parcels' is not valid               | write segments
            query: [lang]                   | query: [lang, "a b"]           | 21   | 'a b' is not valid                        | write letters, digits
            query: [lang]                   | accepts: [application/json]    | 21   | a GET has no body                         | take it out, or change the method
            answers: [404]                  | answers: [401]                 | 22   | '401' is not valid                        | never passes on
            answers: [404]                  | answers: [200]                 | 22   | '200' is not valid                        | 400 to 499
            answers: [404]                  | answers: 404                   | 22   | holds a number, not a list                | write [a, b]
            id: by-body                     | id: by-number                  | 23   | operation 'by-number' is written twice    | give each its own id
            id: by-body                     | id: By Body                    | 23   | 'By Body' is not valid                    | write kebab-case
            accepts: [application/json]     | accepts: [json]                | 26   | 'json' is not valid                       | write a media type
            accepts: [application/json]     | accepts: [{a: b}]              | 26   | field 'accepts' holds fields              | write single values
            description: One parcel by its district and number. | description: [ | 8 | this is not YAML | close the bracket
            mode: mapped                    | mode: *mapped                  | 9    | an alias (*) is not read                  | write the value out
            mode: mapped                    | version: 2                     | 9    | 'version' is written twice, first on line 2 | keep one of them
            personalData: false             | ---                            | 13   | a second document begins here             | keep one document
            """)
    void a_mistake_is_refused_with_file_line_and_remedy(
            String written, String instead, int line, String what, String remedy) {
        assertThat(GOOD).contains(written);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(FILE, GOOD.replaceFirst(Pattern.quote(written), instead)))
                .withMessageStartingWith(FILE + ":" + line + ": ")
                .withMessageContaining(what)
                .withMessageContaining(remedy)
                .withMessageNotContainingAny("Exception", "java", "vn.lgsp", "\n");
    }

    @Test
    void two_operations_that_match_the_same_paths_are_refused() {
        String twin = GOOD.replace("method: POST", "method: GET")
                .replace("path: /parcels\n", "path: /parcels/{d}/{n}\n")
                .replace("    accepts: [application/json]\n", "");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(FILE, twin))
                .withMessageStartingWith(FILE + ":25: ")
                .withMessageContaining("'by-number' and 'by-body' have the same method and path")
                .withMessageContaining("change its path");
    }

    @Test
    void a_document_that_is_a_list_and_an_empty_one_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(FILE, "- a\n"))
                .withMessageStartingWith(FILE + ":1: the document holds a list, not fields: write service, version");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(FILE, "# only a comment\n"))
                .withMessageStartingWith(FILE + ":1: the document holds nothing");
    }

    @Test
    void a_card_outside_a_domain_folder_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read("land-parcel-lookup.card.yaml", GOOD))
                .withMessageContaining("not stand in the folder of a domain")
                .withMessageContaining("move it to routes/<domain>/");
    }

    @Test
    void a_file_that_is_absent_or_not_utf_8_is_refused(@TempDir Path folder) throws Exception {
        Path latin = Files.write(folder.resolve("a.card.yaml"), "name: Đất é".getBytes(StandardCharsets.ISO_8859_1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(latin))
                .withMessageContaining("is not UTF-8: save it as UTF-8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(folder.resolve("none.card.yaml")))
                .withMessageContaining("does not exist: mend its name");
    }

    /** Line numbers in the tests below are lines of this text. */
    private static final String GUARANTEED = """
            service: civil-birth-notify
            version: 1
            name: { vi: Thông báo khai sinh, en: Birth notice }
            description: Births.
            contact: Phòng hộ tịch
            mode: guaranteed
            life: 48h
            deliveries:
              - to: social-insurance
                retry: { first: 2s, longest: 10m, attempts: 5 }
              - to: civil-archive
            criterion: near-real-time
            personalData: true
            operations:
              - id: notify
                soap:
                  namespace: urn:mau:ho-tich:1.0
                  element: ThongBaoKhaiSinh
                  action: urn:mau:ho-tich:1.0/thongBao
              - id: correct
                soap: { namespace: "urn:mau:ho-tich:1.0", element: SuaKhaiSinh }
              - id: post
                method: POST
                path: /births
                accepts: [application/json]
            """;

    private static final String GUARANTEED_FILE = "routes/civil/civil-birth-notify.card.yaml";

    @Test
    void a_guaranteed_service_names_its_destinations_and_how_they_are_tried_again() {
        ServiceCard card = CardFile.read(GUARANTEED_FILE, GUARANTEED);

        SystemId insurance = new SystemId("social-insurance");
        SystemId archive = new SystemId("civil-archive");
        assertThat(card.mode()).isEqualTo(ServiceCard.Mode.GUARANTEED);
        assertThat(card.providers()).containsExactly(insurance, archive);
        Guarantee guarantee = card.guarantee().orElseThrow();
        assertThat(guarantee.life()).isEqualTo(Duration.ofHours(48));
        assertThat(guarantee.receiver(insurance).orElseThrow().retry())
                .isEqualTo(new Guarantee.RetryPlan(Duration.ofSeconds(2), Duration.ofMinutes(10), 5));
        assertThat(guarantee.receiver(archive).orElseThrow().retry()).isEqualTo(Guarantee.RetryPlan.DEFAULT);
        assertThat(CardFile.read(GUARANTEED_FILE, GUARANTEED.replace("life: 48h\n", ""))
                        .guarantee()
                        .orElseThrow()
                        .life())
                .isEqualTo(Guarantee.DEFAULT_LIFE);
        assertThat(CardFile.read(FILE, GOOD).guarantee()).isEmpty();
    }

    @Test
    void a_delivery_comes_after_one_or_several_others_and_may_leave_them_its_result() {
        String process = GUARANTEED.replace(
                "  - to: civil-archive\n",
                "    keepResult: true\n  - { to: civil-archive, after: social-insurance, keepResult: true }\n"
                        + "  - { to: city-archive, after: [social-insurance, civil-archive] }\n");

        assertThat(CardFile.read(GUARANTEED_FILE, process)
                        .guarantee()
                        .orElseThrow()
                        .receivers())
                .extracting(Guarantee.Receiver::after, Guarantee.Receiver::keepsResult)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(List.of(), true),
                        org.assertj.core.groups.Tuple.tuple(List.of(new SystemId("social-insurance")), true),
                        org.assertj.core.groups.Tuple.tuple(
                                List.of(new SystemId("social-insurance"), new SystemId("civil-archive")), false));
    }

    @Test
    void a_plan_that_begins_slower_than_the_usual_longest_wait_keeps_its_own_pace() {
        String slow = GUARANTEED.replace("first: 2s, longest: 10m, attempts: 5", "first: 30m");

        assertThat(CardFile.read(GUARANTEED_FILE, slow)
                        .guarantee()
                        .orElseThrow()
                        .receivers()
                        .get(0)
                        .retry())
                .isEqualTo(new Guarantee.RetryPlan(Duration.ofMinutes(30), Duration.ofMinutes(30), 20));
    }

    @Test
    void a_soap_operation_is_known_by_the_element_in_its_body() {
        List<Operation> operations = CardFile.read(GUARANTEED_FILE, GUARANTEED).operations();

        assertThat(operations)
                .extracting(Operation::label)
                .containsExactly("SOAP notify", "SOAP correct", "POST /births");
        assertThat(operations.get(0).soap())
                .contains(new SoapCall("urn:mau:ho-tich:1.0", "ThongBaoKhaiSinh", "urn:mau:ho-tich:1.0/thongBao"));
        assertThat(operations.get(0).method()).isEqualTo("POST");
        assertThat(operations.get(0).accepts()).containsExactly("text/xml", "application/soap+xml");
        assertThat(operations.get(1).soap().orElseThrow().action()).isEmpty();
        assertThat(operations.get(2).soap()).isEmpty();
    }

    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiter = '|', textBlock = """
            # written                       | instead                        | line | what                                      | remedy
            mode: guaranteed                | mode: mapped                   | 9    | 'deliveries' belongs to mode guaranteed   | take it out, or mend the mode
            life: 48h                       | providers: [social-insurance]  | 7    | those of a guaranteed service are its destinations | name them under 'deliveries'
            life: 48h                       | answer: streamed               | 7    | acknowledgement of a guaranteed service does not stream | take it out
            life: 48h                       | life: 59s                      | 7    | '59s' is not valid                        | 1m to 720h
            life: 48h                       | life: 721h                     | 7    | '721h' is not valid                       | 1m to 720h
            first: 2s                       | first: 9ms                     | 10   | '9ms' is not valid                        | 10ms to 1h
            first: 2s                       | first: 61m                     | 10   | '61m' is not valid                        | 10ms to 1h
            longest: 10m                    | longest: 1s                    | 10   | '1s' is not valid                         | 2s to 24h
            longest: 10m                    | longest: 25h                   | 10   | '25h' is not valid                        | 2s to 24h
            attempts: 5                     | attempts: 0                    | 10   | '0' is not valid                          | 1 to 1000
            attempts: 5                     | attempts: 1001                 | 10   | '1001' is not valid                       | 1 to 1000
            attempts: 5                     | attemps: 5                     | 10   | 'attemps' is not known in 'retry'         | did you mean 'attempts'?
            - to: civil-archive             | - to: social-insurance         | 11   | 'social-insurance' is written twice       | keep one of them
            - to: civil-archive             | - civil-archive                | 11   | an entry of 'deliveries' is text          | write it as fields, to, retry
            - to: civil-archive             | - { to: civil-archive, after: nobody }       | 11 | 'after' names 'nobody'    | name a destination
            - to: civil-archive             | - { to: civil-archive, after: [civil-archive] } | 11 | wait for each other without end: civil-archive | take one 'after' out
            - to: civil-archive             | - { to: civil-archive, keepResult: true }    | 11 | the result of 'civil-archive' is kept | or leave 'keepResult' out
            - to: civil-archive             | - { }                          | 11   | field 'to' is missing                     | write it
            accepts: [application/json]     | answers: [404]                 | 25   | nobody answers behind a guaranteed service | take it out
            - id: correct                   | - { id: correct, method: POST, soap: { namespace: "urn:a", element: A } } | 20 | 'method' belongs to a REST operation | take 'soap' out
            element: SuaKhaiSinh            | element: ThongBaoKhaiSinh      | 21   | operations 'notify' and 'correct' have the same element | change its element
            element: SuaKhaiSinh            | element: "a b"                 | 21   | 'a b' is not valid                        | write the local name
            namespace: urn:mau:ho-tich:1.0  | namespace: ho tich             | 17   | 'ho tich' is not valid                    | write the URI
            action: urn:mau:ho-tich:1.0/thongBao | action: '"x"'             | 19   | is not valid                              | without quotes
            """)
    void a_mistake_of_a_guaranteed_or_soap_service_is_refused_with_file_line_and_remedy(
            String written, String instead, int line, String what, String remedy) {
        assertThat(GUARANTEED).contains(written);
        String text =
                GUARANTEED.replaceFirst(Pattern.quote(written), java.util.regex.Matcher.quoteReplacement(instead));
        String mended = instead.startsWith("- { id: correct")
                ? text.replace("    soap: { namespace: \"urn:mau:ho-tich:1.0\", element: SuaKhaiSinh }\n", "")
                : text;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(GUARANTEED_FILE, mended))
                .withMessageStartingWith(GUARANTEED_FILE + ":" + line + ": ")
                .withMessageContaining(what)
                .withMessageContaining(remedy)
                .withMessageNotContainingAny("Exception", "java", "vn.lgsp", "\n");
    }

    @Test
    void a_guaranteed_service_without_destinations_is_refused() {
        String nobody = GUARANTEED.substring(0, GUARANTEED.indexOf("deliveries:"))
                + GUARANTEED.substring(GUARANTEED.indexOf("criterion:"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(GUARANTEED_FILE, nobody))
                .withMessageStartingWith(GUARANTEED_FILE + ":1: ")
                .withMessageContaining("'deliveries' is missing");
    }

    @Test
    void envelopes_pass_through_alone_or_not_at_all() {
        String soap = GOOD.replace("mode: mapped", "mode: pass-through")
                + "  - id: ask\n    soap: { namespace: \"urn:a\", element: A }\n";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardFile.read(FILE, soap))
                .withMessageContaining("either all operations are SOAP, or none is");
        String alone = soap.substring(0, soap.indexOf("operations:")) + "operations:\n"
                + soap.substring(soap.indexOf("  - id: ask"));
        assertThat(CardFile.read(FILE, alone).operations()).hasSize(1);
    }
}
