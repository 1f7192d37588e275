package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What the places name does not leave, and all else does as it was (MSG-13, BUS-17). */
final class XmlMaskTest {
    private static String masked(String remove, String mask, String xml) {
        return new String(new XmlMask(remove, mask, "***").apply(xml.getBytes(UTF_8), Side.ANSWER), UTF_8)
                .replaceFirst("<\\?xml[^>]*>", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            /a/b           ~ ``           ~ <a><b>1</b><c><b>2</b></c></a>             ~ <a><c><b>2</b></c></a>
            //b            ~ ``           ~ <a><b>1</b><c><b>2</b></c></a>             ~ <a><c/></a>
            ``             ~ /a/b         ~ <a><b>1</b><b>2<x>3</x></b><b/><b> </b></a> ~ <a><b>***</b><b>***</b><b/><b> </b></a>
            ``             ~ //@so        ~ <a so="1"><b so="2" x="3"/><b so=""/></a>  ~ <a so="***"><b so="***" x="3"/><b so=""/></a>
            /a/@so,/a/b/@x ~ //@so        ~ <a so="1"><b so="2" x="3"/></a>            ~ <a><b so="***"/></a>
            ``             ~ /*/*/c       ~ <a><b><c>1</c></b><c>2</c></a>             ~ <a><b><c>***</c></b><c>2</c></a>
            ``             ~ /a//c        ~ <a><b><c>1</c></b><c>2</c></a>             ~ <a><b><c>***</c></b><c>***</c></a>
            /a             ~ ``           ~ <a x="1" xmlns:p="urn:p">2<b/></a>         ~ <a xmlns:p="urn:p"/>
            ``             ~ /a           ~ <a x="1">2<b/></a>                         ~ <a x="1">***</a>
            ``             ~ /a/b         ~ <p:a xmlns:p="urn:p"><q:b xmlns:q="urn:q">1</q:b></p:a> ~ <p:a xmlns:p="urn:p"><q:b xmlns:q="urn:q">***</q:b></p:a>
            /a/x           ~ /a/b/x       ~ <a><b>1</b></a>                            ~ <a><b>1</b></a>
            //b//b         ~ ``           ~ <a><b><b>1</b></b></a>                     ~ <a><b/></a>
            """)
    void places_go_from_the_outside_in_by_local_names(String remove, String mask, String xml, String left) {
        assertThat(masked(remove, mask, xml)).isEqualTo(left);
    }

    @Test
    void all_else_keeps_every_digit_letter_space_and_name() {
        String xml = "<p:a xmlns:p=\"urn:p\" xmlns=\"urn:d\" p:x=\"1&#10;2&#9;3\"> <so>001099000001</so><d>1.50</d>"
                + "<t xml:space=\"preserve\">  Đỗ Đo\u0302\u0303 𠮷 &lt;&amp;&gt; \n\t </t><e/><n xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"/>"
                + "<m>a<b>c</b>d</m></p:a>";

        assertThat(masked("", "//khong-co", xml).replace("&#134071;", "𠮷")).isEqualTo(xml);
        assertThat(masked("", "//khong-co", "<a>&#13;\r\n<![CDATA[<x>]]></a>"))
                .isEqualTo("<a>&#13;\n<![CDATA[<x>]]></a>");
    }

    @Test
    void comments_and_instructions_in_which_anything_could_stand_are_dropped() {
        assertThat(masked("", "/a/b", "<!--bi--><?bi mat?><a><!--mat--><b><!--mat-->1</b><?bi mat?></a><!--mat-->"))
                .isEqualTo("<a><b>***</b></a>");
    }

    @Test
    void what_comes_in_another_encoding_leaves_in_utf_8() {
        byte[] xml = "<?xml version='1.0' encoding='windows-1252'?><a><b>1</b>é</a>"
                .getBytes(Charset.forName("windows-1252"));

        assertThat(new String(new XmlMask("", "//b", "-").apply(xml, Side.ANSWER), UTF_8))
                .contains("UTF-8")
                .endsWith("<a><b>-</b>é</a>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bi-mat",
                "<a>bi-mat",
                "<!DOCTYPE a [<!ENTITY x 'bi-mat'>]><a>&x;</a>",
                "{\"a\":\"bi-mat\"}",
                "<?xml version='1.1'?><a>bi-mat&#1;</a>"
            })
    void what_cannot_be_read_is_not_let_out(String xml) {
        assertThatThrownBy(() -> masked("", "//b", xml))
                .isInstanceOf(BusException.class)
                .hasMessageNotContaining("bi-mat")
                .satisfies(
                        refused -> assertThat(((BusException) refused).code()).isEqualTo(ErrorCode.PROVIDER_INVALID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "/a/", "/a/@b/c", "/a b", "///a", "/a,", "/@b/@c"})
    void a_place_of_another_form_is_refused(String place) {
        assertThatThrownBy(() -> new XmlMask(place, "", "***")).isInstanceOf(IllegalArgumentException.class);
    }
}
