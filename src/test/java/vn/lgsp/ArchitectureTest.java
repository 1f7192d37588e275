package vn.lgsp;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The walls of the house: stages meet only in a route, words know nothing, nobody knows the runtime. */
@AnalyzeClasses(packages = "vn.lgsp", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String[] STAGES = {
        "vn.lgsp.receive..",
        "vn.lgsp.identify..",
        "vn.lgsp.authorise..",
        "vn.lgsp.transform..",
        "vn.lgsp.deliver..",
        "vn.lgsp.record..",
        "vn.lgsp.guarantee.."
    };

    /** What stages stand on, and what knows none of them. */
    private static final String[] SUPPORTS = {
        "vn.lgsp.soap..",
        "vn.lgsp.seal..",
        "vn.lgsp.database..",
        "vn.lgsp.broker..",
        "vn.lgsp.wssecurity..",
        "vn.lgsp.ndxp..",
        "vn.lgsp.form.."
    };

    /** Whoever has one of these can have a parser without the bounds of the bus. */
    private static final Pattern PARSER_MAKERS =
            Pattern.compile("javax\\.xml\\.(parsers|stream|transform|validation|xpath)\\..*Factory"
                    + "|org\\.xml\\.sax\\.helpers\\.(XMLReaderFactory|XMLReaderAdapter|ParserFactory|ParserAdapter)"
                    + "|org\\.w3c\\.dom\\.bootstrap\\..*"
                    + "|(org\\.apache\\.xerces|com\\.ctc\\.wstx|com\\.sun\\.org\\.apache|org\\.apache\\.cxf\\.staxutils)\\..*"
                    + "|net\\.sf\\.saxon\\.(TransformerFactoryImpl|BasicTransformerFactory|Configuration|s9api\\.Processor)"
                    + "|com\\.fasterxml\\.jackson\\..*(ObjectMapper|JsonMapper|XmlMapper|YAMLMapper|MappingJsonFactory"
                    + "|JsonFactory|YAMLFactory|XmlFactory)"
                    + "|org\\.yaml\\.snakeyaml\\.Yaml|net\\.minidev\\.json\\.parser\\..*");

    /** The kinds of class that Camel itself names and calls. */
    private static final String CAMEL_KINDS = ".*(Step|Component|Endpoint|Producer|Language)";

    @ArchTest
    static final ArchRule stages_meet_only_in_a_route = slices().matching(
                    "vn.lgsp.(receive|identify|authorise|transform|deliver|record|guarantee)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule words_know_no_framework = classes()
            .that()
            .resideInAnyPackage("vn.lgsp.message..", "vn.lgsp.failure..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..", "javax.crypto..", "org.jspecify..", "vn.lgsp.message..", "vn.lgsp.failure.."));

    @ArchTest
    static final ArchRule the_catalogue_knows_the_words_only = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.catalogue..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.message..", "vn.lgsp.failure..", "vn.lgsp.source..", "vn.lgsp.catalogue.."))));

    @ArchTest
    static final ArchRule sources_know_failures_only = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.source..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage("vn.lgsp.source..", "vn.lgsp.failure.."))));

    @ArchTest
    static final ArchRule the_city_shares_nothing_with_the_bus_but_words = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.city..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.city..",
                            "vn.lgsp.message..",
                            "vn.lgsp.failure..",
                            "vn.lgsp.parse..",
                            "vn.lgsp.hub.."))));

    /** Simulators and connectors are written apart from each other: a shared mistake would hide. */
    @ArchTest
    static final ArchRule the_hub_shares_nothing_with_the_bus_but_parsers = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.hub..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("vn.lgsp..").and(not(resideInAnyPackage("vn.lgsp.hub..", "vn.lgsp.parse.."))));

    @ArchTest
    static final ArchRule only_those_who_start_the_hub_know_it = noClasses()
            .that()
            .resideOutsideOfPackages("vn.lgsp.hub..", "vn.lgsp.city..", "vn.lgsp.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("vn.lgsp.hub..");

    @ArchTest
    static final ArchRule camel_stays_in_its_own_kinds_of_class = noClasses()
            .that()
            .resideOutsideOfPackages("vn.lgsp.runtime..", "vn.lgsp.deploy..", "vn.lgsp.bench..")
            .and(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are of no Camel kind",
                    (JavaClass type) -> !outermost(type).getSimpleName().matches(CAMEL_KINDS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule envelopes_know_the_words_only = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.soap..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.message..", "vn.lgsp.failure..", "vn.lgsp.parse..", "vn.lgsp.soap.."))));

    @ArchTest
    static final ArchRule supports_know_no_other_support = slices().matching(
                    "vn.lgsp.(soap|seal|database|broker|ndxp)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule what_holds_content_knows_where_it_is_sealed_and_kept = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.hold..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.message..",
                            "vn.lgsp.failure..",
                            "vn.lgsp.seal..",
                            "vn.lgsp.database..",
                            "vn.lgsp.hold.."))));

    @ArchTest
    static final ArchRule message_security_stands_on_envelopes_only = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.wssecurity..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("vn.lgsp.seal..", "vn.lgsp.database..", "vn.lgsp.broker..");

    @ArchTest
    static final ArchRule only_message_security_knows_wss4j = noClasses()
            .that()
            .resideOutsideOfPackage("vn.lgsp.wssecurity..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.wss4j..", "org.apache.xml.security..");

    @ArchTest
    static final ArchRule supports_know_words_and_catalogue_only = noClasses()
            .that()
            .resideInAnyPackage(SUPPORTS)
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.message..", "vn.lgsp.failure..", "vn.lgsp.catalogue..", "vn.lgsp.parse..")))
                    .and(not(resideInAnyPackage(SUPPORTS))));

    @ArchTest
    static final ArchRule packets_know_no_transport = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.edoc..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..")
                    .and(not(resideInAnyPackage(
                            "vn.lgsp.message..",
                            "vn.lgsp.failure..",
                            "vn.lgsp.catalogue..",
                            "vn.lgsp.parse..",
                            "vn.lgsp.edoc.."))))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule parsers_know_nobody = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.parse..")
            .should()
            .dependOnClassesThat(resideInAPackage("vn.lgsp..").and(not(resideInAPackage("vn.lgsp.parse.."))));

    /** Saxon compiles what readers of the one place read; YAML has its bounds where it is read (SEC-01). */
    @ArchTest
    static final ArchRule parsers_are_made_in_one_place = noClasses()
            .that()
            .resideOutsideOfPackage("vn.lgsp.parse..")
            .and()
            .doNotHaveFullyQualifiedName("vn.lgsp.transform.Stylesheets")
            .and()
            .doNotHaveFullyQualifiedName("vn.lgsp.source.SourceFile")
            .and()
            .doNotHaveFullyQualifiedName(
                    "vn.lgsp.bench.BareCamel") // what the bus is measured against, and no part of it
            .should()
            .accessTargetWhere(makesAParser());

    @ArchTest
    static void the_rule_about_parsers_sees_those_who_make_some(JavaClasses house) {
        assertThat(house.stream()
                        .filter(type -> type.getAccessesFromSelf().stream().anyMatch(makesAParser()))
                        .map(JavaClass::getFullName))
                .containsExactlyInAnyOrder(
                        "vn.lgsp.parse.XmlParsers",
                        "vn.lgsp.parse.JsonParsers",
                        "vn.lgsp.transform.Stylesheets",
                        "vn.lgsp.source.SourceFile",
                        "vn.lgsp.bench.BareCamel");
    }

    @ArchTest
    static final ArchRule operate_knows_no_stage = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.operate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STAGES);

    @ArchTest
    static final ArchRule only_the_command_line_knows_the_runtime = noClasses()
            .that()
            .resideOutsideOfPackages("vn.lgsp.runtime..", "vn.lgsp.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("vn.lgsp.runtime..");

    @ArchTest
    static final ArchRule nobody_knows_the_command_line = noClasses()
            .that()
            .resideOutsideOfPackage("vn.lgsp.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("vn.lgsp.command..");

    @ArchTest
    static final ArchRule a_unit_knows_no_stage_and_nothing_that_runs = noClasses()
            .that()
            .resideInAPackage("vn.lgsp.unit..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(STAGES)
                    .or(resideInAnyPackage("vn.lgsp.deploy..", "vn.lgsp.operate..", "vn.lgsp.broker..")));

    @ArchTest
    static final ArchRule packages_make_no_ring =
            slices().matching("vn.lgsp.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule time_comes_from_a_clock = noClasses()
            .that()
            .resideOutsideOfPackage("vn.lgsp.bench..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule packages_are_named_for_a_capability =
            noClasses().should().resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..");

    @ArchTest
    static final ArchRule classes_are_named_for_what_they_do =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Impl|Manager)");

    @ArchTest
    static final ArchRule no_generic_exceptions = NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

    @ArchTest
    static final ArchRule no_console = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule no_field_injection = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

    @ArchTest
    static final ArchRule nothing_is_finalized = noMethods().should().haveName("finalize");

    @ArchTest
    static void the_rules_see_the_whole_house(JavaClasses house) {
        assertThat(house.stream().filter(type -> !type.isNestedClass()).count()).isGreaterThan(240);
        Stream.concat(Stream.of(STAGES), Stream.of(SUPPORTS)).forEach(wall -> assertThat(
                        house.stream().filter(resideInAPackage(wall)).count())
                .as(wall)
                .isGreaterThan(1));
    }

    /** What makes a reader of XML, JSON or YAML, or something that reads with one of its own. */
    private static com.tngtech.archunit.base.DescribedPredicate<JavaAccess<?>> makesAParser() {
        return com.tngtech.archunit.base.DescribedPredicate.describe("makes a parser", access -> {
            String owner = access.getTargetOwner().getFullName();
            String member = access.getTarget().getName();
            boolean made = member.equals("<init>") || member.startsWith("new") || member.endsWith("uilder");
            return made && PARSER_MAKERS.matcher(owner).matches();
        });
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }
}
