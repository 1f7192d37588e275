package vn.lgsp.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Sha256Test {
    @Test
    void a_vietnamese_text_has_the_digest_that_sha256sum_gives_its_utf_8() {
        assertThat(Sha256.hex("Thửa đất"))
                .isEqualTo("fa97244f65ddcd5722e2ca173c4e97775998da465e0095a0f87784f4ba9be863");
    }

    @Test
    void the_id_of_a_delivery_never_changes_between_releases() {
        ExchangeId exchange = ExchangeId.of("01981f00-0000-7000-8000-000000000001");

        assertThat(DeliveryId.of(exchange, new SystemId("social-insurance")))
                .hasToString("a108cf8c-57dd-8b49-bf5a-12bbd2682424");
    }
}
