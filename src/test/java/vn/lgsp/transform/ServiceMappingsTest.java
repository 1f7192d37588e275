package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/** The mappings of a service, one after the other, as its route runs them; the provider is played by a route. */
class ServiceMappingsTest {
    private final Workbench bench = new Workbench(Path.of("transforms"));

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void a_citizen_is_looked_up_by_path_and_by_body() throws Exception {
        population("samples/response.xsl/one-citizen.in.xml");

        Exchange byPath = bench.send(new byte[0], false, exchange -> exchange.setVariable("id", "001000000000"));
        Exchange byBody = bench.send("{\"id\":\"001000000000\",\"birthDate\":\"1958\"}".getBytes(UTF_8));

        assertThat(byPath.getVariable("asked", String.class)).contains("<dan:SoDinhDanh>001000000000</dan:SoDinhDanh>");
        assertThat(byBody.getVariable("asked", String.class)).contains("<dan:Nam>1958</dan:Nam>");
        assertThat(byPath.getMessage().getBody(byte[].class))
                .asString(UTF_8)
                .startsWith("{\"total\":1,\"citizens\":[{\"id\":\"001000000000\",\"fullName\":{\"family\":\"NGƯỜI\"");
    }

    @Test
    void a_wrong_number_is_refused_before_the_provider_is_asked() throws Exception {
        population("samples/response.xsl/one-citizen.in.xml");

        BusException failure = catchThrowableOfType(
                BusException.class, () -> bench.send(new byte[0], false, exchange -> exchange.setVariable("id", "1")));

        assertThat(failure.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(failure.detail()).contains("/id breaks the rule pattern");
    }

    @Test
    void a_parcel_is_asked_of_the_land_office_of_its_district() throws Exception {
        bench.yaml(route("""
                - transform: { jq: { expression: "resource:file:transforms/land/land-parcel-lookup/request.jq" } }
                - to: lgsp-validate:land/land-parcel-lookup/request.schema.json
                - choice:
                    when:
                      - jsonpath: { expression: '$[?(@.district == "01")]' }
                        steps:
                          - to: direct:provider
                          - setBody: { constant: '{"parcelNo":"0012-345","districtCode":"01","areaM2":123.450,"landUse":"ODT","owner":{"name":"Lê Thử"},"updated":"2026-05-01"}' }
                          - transform: { jq: { expression: "resource:file:transforms/land/land-parcel-lookup/response-east.jq" } }
                    otherwise:
                      steps:
                        - to: direct:provider
                        - setBody: { constant: '{"so_thua":"0099","ma_quan":"02","dien_tich":"1.234,50","loai_dat":"3","chu_su_dung":"Trần Thử","ngay_cap_nhat":"01/05/2026"}' }
                        - to: lgsp-values:land/land-parcel-lookup/response-west.values.yaml
                        - transform: { jq: { expression: "resource:file:transforms/land/land-parcel-lookup/response-west.jq" } }
                - to: lgsp-validate:land/land-parcel-lookup/response.schema.json
                """));
        provider();

        assertThat(ask("01", "0012-345"))
                .isEqualTo(
                        "{\"parcel\":{\"number\":\"0012-345\",\"district\":\"01\",\"area\":{\"value\":\"123.450\",\"unit\":\"m2\"},"
                                + "\"landUse\":\"ODT\",\"holder\":\"Lê Thử\",\"updatedOn\":\"2026-05-01\"}}");
        assertThat(ask("02", "0099"))
                .isEqualTo(
                        "{\"parcel\":{\"number\":\"0099\",\"district\":\"02\",\"area\":{\"value\":\"1234.50\",\"unit\":\"m2\"},"
                                + "\"landUse\":\"CLN\",\"holder\":\"Trần Thử\",\"updatedOn\":\"2026-05-01\"}}");
    }

    private void population(String answer) throws Exception {
        String xml = Files.readString(
                Path.of("transforms/population/population-citizen-lookup").resolve(answer));
        bench.camel().getRegistry().bind("answer", xml);
        bench.yaml(route("""
                - transform: { jq: { expression: "resource:file:transforms/population/population-citizen-lookup/request.jq" } }
                - to: lgsp-validate:population/population-citizen-lookup/request.schema.json
                - to: xslt:file:transforms/population/population-citizen-lookup/request.xsl
                - to: direct:provider
                - setBody: { simple: "${ref:answer}" }
                - to: xslt:file:transforms/population/population-citizen-lookup/response.xsl
                - to: lgsp-validate:population/population-citizen-lookup/response.schema.json
                """));
        provider();
    }

    /** Keeps what it was asked, and marks the exchange as the deliver stage does. */
    private void provider() throws Exception {
        bench.camel().getRegistry().bind("called", (org.apache.camel.Processor) exchange -> {
            exchange.setVariable("asked", exchange.getMessage().getBody(String.class));
            exchange.getProperty(Passage.PROPERTY, Passage.class).calls(new SystemId("provider"));
        });
        bench.yaml(
                "- route: { id: provider, from: { uri: direct:provider, steps: [ { process: { ref: called } } ] } }");
    }

    private String ask(String district, String number) throws Exception {
        return bench.send(new byte[0], false, exchange -> {
                    exchange.setVariable("district", district);
                    exchange.setVariable("number", number);
                })
                .getMessage()
                .getBody(String.class);
    }

    private static String route(String steps) {
        return "- route:\n    id: service\n    from:\n      uri: direct:in\n      steps:\n" + steps.indent(8);
    }
}
