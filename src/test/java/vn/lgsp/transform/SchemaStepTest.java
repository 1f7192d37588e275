package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** What each construct of a schema is in JSON, and what is refused. */
class SchemaStepTest {
    private final Path folder;

    SchemaStepTest(@TempDir Path outer) throws IOException {
        folder = Files.createDirectories(outer.resolve("transforms"));
    }

    @Test
    void a_list_is_an_array_with_one_and_with_no_item_and_what_is_optional_is_absent() {
        SchemaStep step = root("<xs:element name='ten' type='xs:string' minOccurs='0' maxOccurs='unbounded'/>"
                + "<xs:element name='so' type='xs:string' minOccurs='0'/>");

        same(step, "<t:a><ten>Lê</ten></t:a>", "{'ten':['Lê']}");
        same(step, "<t:a/>", "{'ten':[]}");
        same(step, "<t:a><so/></t:a>", "{'so':'','ten':[]}");
        assertThat(xml(step, "{}")).isEqualTo("<n1:a xmlns:n1=\"urn:t\"></n1:a>");
    }

    @Test
    void numbers_keep_their_digits_and_identifiers_stay_text() {
        SchemaStep step = root("<xs:element name='so' type='xs:decimal'/><xs:element name='ma' type='xs:string'/>");

        same(
                step,
                "<t:a><so>123456789012345678901234567890.10</so><ma>001099000001</ma></t:a>",
                "{'so':123456789012345678901234567890.10,'ma':'001099000001'}");
        assertThat(xml(step, "{'so':1E3,'ma':''}")).contains("<so>1000</so>");
        refused(step, "{'so':'1','ma':'1'}", "/so is not a number");
        refused(step, "{'so':1,'ma':1}", "/ma is not a string");
    }

    @Test
    void nil_is_null_and_neither_empty_nor_absent() {
        SchemaStep step = root(
                "<xs:element name='x' type='xs:string' minOccurs='0' nillable='true'/>"
                        + "<xs:element name='y' minOccurs='0' nillable='true'><xs:complexType><xs:attribute name='vi'/></xs:complexType></xs:element>");

        same(step, "<t:a/>", "{}");
        same(step, "<t:a><x/></t:a>", "{'x':''}");
        same(
                step,
                "<t:a><x xsi:nil='true'/><y xsi:nil='1' vi='z'/></t:a>",
                "{'x':null,'y':{'@vi':'z','@xsi:nil':true}}");
        same(step, "<t:a><y xsi:nil='true'/></t:a>", "{'y':null}");
        refused(root("<xs:element name='x' type='xs:string'/>"), "{'x':null}", "/x is null, which it may not be");
    }

    @Test
    void text_beside_attributes_is_a_value_and_mixed_content_is_an_array() {
        SchemaStep step = root(
                "<xs:element name='m' type='t:Dt'/><xs:element name='g' type='t:G'/>",
                "<xs:complexType name='Dt'><xs:simpleContent><xs:extension base='xs:decimal'><xs:attribute name='dv' use='required'/>"
                        + "</xs:extension></xs:simpleContent></xs:complexType>"
                        + "<xs:complexType name='G' mixed='true'><xs:sequence><xs:element name='b' type='xs:string'/></xs:sequence></xs:complexType>");

        same(
                step,
                "<t:a><m dv='m2'>12.50</m><g>Số <b>1</b> phố </g></t:a>",
                "{'m':{'@dv':'m2','value':12.50},'g':{'content':['Số ',{'b':'1'},' phố ']}}");
        refused(step, "{'m':{'value':1},'g':{'content':[]}}", "/m lacks @dv");
        refused(
                step,
                "{'m':{'@dv':'a','value':1},'g':{'content':['a','b']}}",
                "/g/content/1 is a text that is empty, or follows another");
    }

    @Test
    void where_names_do_not_tell_the_order_the_elements_are_an_array() {
        SchemaStep step = root(
                "<xs:choice maxOccurs='unbounded'><xs:element name='x' type='xs:int'/><xs:element name='y' type='xs:int'/></xs:choice>");

        same(step, "<t:a><y>1</y><x>2</x><y>3</y></t:a>", "{'content':[{'y':1},{'x':2},{'y':3}]}");
    }

    @Test
    void members_in_any_order_become_elements_in_the_order_of_the_schema() {
        SchemaStep step = root("<xs:element name='x' type='xs:int'/><xs:choice><xs:element name='y' type='xs:int'/>"
                + "<xs:element name='z' type='xs:int'/></xs:choice><xs:element name='w' type='xs:int'/>");

        assertThat(xml(step, "{'w':3,'z':2,'x':1}")).endsWith("<x>1</x><z>2</z><w>3</w></n1:a>");
        refused(step, "{'w':3,'z':2,'y':2,'x':1}", "/z cannot stand beside the members that are there");
        refused(step, "{'w':3,'z':2}", "the whole lacks x");
        refused(step, "{'w':3,'z':2,'x':1,'LÊ':1}", "/* is a member that may not stand here");
    }

    @Test
    void substitutes_groups_types_named_by_the_content_and_the_attributes_of_xml_are_known() throws IOException {
        SchemaStep step = root(
                "<xs:element ref='t:dau'/><xs:group ref='t:nhom'/><xs:element name='n' type='t:Goc'/>",
                "<xs:element name='dau' type='xs:string' abstract='true'/><xs:element name='nam' type='xs:string' substitutionGroup='t:dau'/>"
                        + "<xs:element name='nu' type='xs:string' substitutionGroup='t:dau'/>"
                        + "<xs:group name='nhom'><xs:sequence><xs:element name='k' type='xs:int'/></xs:sequence></xs:group>"
                        + "<xs:attributeGroup name='tt'><xs:attribute ref='xml:lang'/></xs:attributeGroup>"
                        + "<xs:complexType name='Goc'><xs:sequence><xs:element name='p' type='xs:int'/></xs:sequence>"
                        + "<xs:attributeGroup ref='t:tt'/></xs:complexType>"
                        + "<xs:complexType name='Rieng'><xs:complexContent><xs:extension base='t:Goc'><xs:sequence>"
                        + "<xs:element name='q' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>");

        same(
                step,
                "<t:a><t:nu>Ánh</t:nu><k>1</k><n xml:lang='vi'><p>1</p></n></t:a>",
                "{'nu':'Ánh','k':1,'n':{'@lang':'vi','p':1}}");
        same(
                step,
                "<t:a><t:nam/><k>1</k><n xsi:type='t:Rieng'><p>1</p><q>2</q></n></t:a>",
                "{'nam':'','k':1,'n':{'@xsi:type':'Rieng','p':1,'q':2}}");
        same(step, "<t:a><t:nam/><k>1</k><n xsi:type='t:Goc'><p>1</p></n></t:a>", "{'nam':'','k':1,'n':{'p':1}}");
        refused(
                step,
                "{'nu':'','k':1,'n':{'@xsi:type':'KHAC','p':1}}",
                "/n/@xsi:type names no type that may stand here");
    }

    @Test
    void a_type_may_hold_itself_and_what_the_schema_fills_stays_empty() {
        SchemaStep step = root(
                "<xs:element ref='t:nut'/><xs:element name='d' type='xs:int' default='5'/>",
                "<xs:element name='nut'><xs:complexType><xs:sequence><xs:element ref='t:nut' minOccurs='0'/></xs:sequence>"
                        + "</xs:complexType></xs:element>");

        same(step, "<t:a><t:nut><t:nut><t:nut/></t:nut></t:nut><d/></t:a>", "{'nut':{'nut':{'nut':{}}},'d':''}");
        assertThat(step.example(true)).contains("nut");
    }

    @Test
    void files_beside_it_are_part_of_it_one_without_a_namespace_in_that_of_the_one_who_includes_it()
            throws IOException {
        write(
                "x/other.xsd",
                "urn:o",
                "qualified",
                "<xs:complexType name='O'><xs:sequence><xs:element name='p' type='xs:int'/></xs:sequence></xs:complexType>");
        Files.writeString(
                folder.resolve("x/no.xsd"),
                "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                        + "<xs:complexType name='K'><xs:sequence><xs:element name='q' type='S'/></xs:sequence></xs:complexType>"
                        + "<xs:simpleType name='S'><xs:restriction base='xs:token'><xs:maxLength value='3'/></xs:restriction></xs:simpleType></xs:schema>");
        write(
                "x/service.xsd",
                "urn:t",
                "unqualified",
                "<xs:include schemaLocation='no.xsd'/>"
                        + "<xs:import namespace='urn:o' schemaLocation='other.xsd'/>"
                        + "<xs:element name='a'><xs:complexType><xs:sequence><xs:element name='o' type='o:O' xmlns:o='urn:o'/>"
                        + "<xs:element name='k' type='t:K'/></xs:sequence></xs:complexType></xs:element>");
        SchemaStep step = SchemaStep.of(folder, "x/service.xsd", "a");

        same(step, "<t:a xmlns:o='urn:o'><o><o:p>1</o:p></o><k><q>ba</q></k></t:a>", "{'o':{'p':1},'k':{'q':'ba'}}");
        refused(step, "{'o':{'p':1},'k':{'q':'bốn chữ'}}", "/k/q breaks the rule maxLength");
    }

    @Test
    void white_space_that_a_type_keeps_is_kept_and_that_it_does_not_keep_is_refused() {
        SchemaStep step = root("<xs:element name='x' type='xs:string'/><xs:element name='y' type='xs:token'/>");

        same(step, "<t:a><x>  a\n\t&#13;b </x><y>  a  b\n</y></t:a>", "{'x':'  a\\n\\t\\rb ','y':'a b'}");
        refused(step, "{'x':'','y':'a  b'}", "/y has white space that its type does not keep");
        refused(step, "{'x':'\\u0001','y':''}", "/x has a character that XML cannot carry");
    }

    @Test
    void side_and_place_are_told_and_never_a_value() throws Exception {
        write(
                "x/service.xsd",
                "urn:t",
                "unqualified",
                "<xs:element name='a'><xs:complexType><xs:sequence>"
                        + "<xs:element name='n' type='xs:int' maxOccurs='9'/></xs:sequence></xs:complexType></xs:element>");
        try (Workbench bench = new Workbench(folder)) {
            bench.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from(Workbench.IN).to("lgsp-json:x/service.xsd?element=a");
                }
            });
            String good = "<t:a xmlns:t='urn:t'><n>1</n></t:a>";
            String bad = "<t:a xmlns:t='urn:t' LE='THU'><n>1</n><n>LÊ</n><LETHU/></t:a>";

            BusException request = catchThrowableOfType(BusException.class, () -> bench.send(bad));
            BusException answer = catchThrowableOfType(BusException.class, () -> bench.send(bad, true, exchange -> {}));

            assertThat(bench.send(good).getMessage().getBody(JsonNode.class).toString())
                    .isEqualTo("{\"n\":[1]}");
            assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
            assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
            assertThat(request.detail())
                    .isEqualTo("the request breaks x/service.xsd: /a has an attribute that it may not have;"
                            + " /a/n breaks the rule type; /a/* is not the element that must stand here");
            assertThat(request).hasNoCause();
        }
    }

    @Test
    void an_element_inside_of_a_text_is_refused() {
        SchemaStep step = root("<xs:element name='x' type='xs:string'/>");

        assertThat(catchThrowableOfType(
                        BusException.class,
                        () -> step.json("<t:a xmlns:t='urn:t'><x>LÊ<x/></x></t:a>".getBytes(UTF_8))))
                .hasMessageContaining("/a/x/x is not the element that must stand here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<t:a xmlns:t='urn:t'>",
                "<!DOCTYPE a><t:a xmlns:t='urn:t'><x/></t:a>",
                "<b/>",
                "<t:b xmlns:t='urn:t'/>"
            })
    void what_is_not_this_element_in_acceptable_xml_is_refused(String body) {
        SchemaStep step =
                root("<xs:element name='x' type='xs:string'/>", "<xs:element name='b'><xs:complexType/></xs:element>");

        BusException refused = catchThrowableOfType(BusException.class, () -> step.json(body.getBytes(UTF_8)));

        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(refused).hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<xs:any/><xs:element name='x'/> | SCHEMA_OPEN | xsd:any (beside x)",
                "<xs:element name='x' minOccurs='2' maxOccurs='2'/><xs:any/> | SCHEMA_OPEN | xsd:any (beside x)",
                "<xs:element name='x'><xs:simpleType><xs:union memberTypes='xs:QName xs:string'/></xs:simpleType></xs:element>"
                        + " | SCHEMA_PREFIXES | xsd:union of xsd:QName and others",
                "<xs:element name='b' type='xs:int'/><xs:element ref='t:b'/> | SCHEMA_NAME_TWICE | xsd:element b",
            })
    void what_json_cannot_show_is_refused_by_construct_file_and_line(String particles, Rule rule, String construct) {
        Refused refused =
                catchThrowableOfType(Refused.class, () -> root(particles, "<xs:element name='b' type='xs:int'/>"));

        Finding finding = refused.findings().get(0);
        assertThat(finding.rule()).isEqualTo(rule);
        assertThat(finding.file()).isEqualTo("transforms/x/service.xsd");
        assertThat(finding.line()).isPositive();
        assertThat(finding.arguments()).containsExactly(construct);
        assertThat(finding.text(Finding.VIETNAMESE)).contains(construct).isNotEqualTo(finding.text(Locale.ENGLISH));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<xs:import namespace='urn:o' schemaLocation='http://127.0.0.1:1/o.xsd'/> | SCHEMA_ELSEWHERE",
                "<xs:include schemaLocation='../../o.xsd'/> | SCHEMA_ELSEWHERE",
                "<xs:redefine schemaLocation='o.xsd'/> | SCHEMA_REDEFINES",
                "<xs:element name='b' type='t:none'/> | SCHEMA_UNUSABLE",
                "<xs:nothing/> | SCHEMA_UNUSABLE",
                "<xs:element name='b' type='xs:int'/> | SCHEMA_ELEMENT_UNKNOWN",
                "< | SCHEMA_UNUSABLE",
            })
    void what_is_no_schema_of_this_service_is_refused_with_file_and_line(String text, Rule rule) throws IOException {
        Files.writeString(folder.resolve("../o.xsd"), "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>");
        write("x/service.xsd", "urn:t", "unqualified", text);

        Refused refused = catchThrowableOfType(Refused.class, () -> SchemaStep.of(folder, "x/service.xsd", "a"));

        assertThat(refused.findings().get(0).rule()).isEqualTo(rule);
        assertThat(refused.findings().get(0).file()).isEqualTo("transforms/x/service.xsd");
    }

    @Test
    void an_example_and_the_json_schema_fit_what_the_schema_says() throws IOException {
        SchemaStep step = root(
                "<xs:element name='so' type='t:So'/><xs:element name='ngay' type='xs:date' minOccurs='0'/>"
                        + "<xs:element name='n' maxOccurs='3' type='xs:positiveInteger'/>",
                "<xs:simpleType name='So'><xs:restriction base='xs:string'><xs:pattern value='(0|[1-9])\\d{11}'/></xs:restriction></xs:simpleType>");

        assertThat(step.example(false))
                .isEqualTo("{\n  \"so\": \"0\",\n  \"n\": [\n    1\n  ]\n}\n"
                        .replace("\"0\"", "\"0" + "1".repeat(11) + "\""));
        Files.writeString(folder.resolve("x/a.schema.json"), step.jsonSchema("Thử"));
        Contract contract = new Contract(new MappingFolder(folder), "x/a.schema.json");
        contract.check(Json.read(step.example(true), Side.REQUEST), Side.REQUEST);
        assertThat(catchThrowableOfType(
                        BusException.class,
                        () -> contract.check(Json.read("{\"so\":\"1\",\"n\":[]}", Side.REQUEST), Side.REQUEST)))
                .hasMessageContaining("/so breaks the rule pattern");
    }

    @Test
    void what_no_schema_names_is_xml_in_a_string_with_all_that_it_needs() {
        SchemaStep step = root("<xs:element name='x' type='xs:int'/>"
                + "<xs:any processContents='skip' minOccurs='0' maxOccurs='unbounded'/>");

        assertThat(json(
                        step,
                        "<t:a><x>1</x><t:b xsi:type='t:c'> 1&amp;<d e=\"'\"></d></t:b><x xmlns=\"urn:u\"/></t:a>"))
                .isEqualTo("{'x':1,'@xsd:any':['<t:b xmlns:t=\\'urn:t\\' xmlns:xsi=\\'"
                        + "http://www.w3.org/2001/XMLSchema-instance\\' xsi:type=\\'t:c\\'> 1&amp;<d e=\\'\u2019\\'/></t:b>',"
                        + "'<x xmlns=\\'urn:u\\'/>']}");
        assertThat(xml(step, "{'x':1,'@xsd:any':['<n1:y xmlns:n1=\\'urn:y\\'><!-- - --><n1:z/></n1:y> ']}"))
                .isEqualTo("<n1:a xmlns:n1=\"urn:t\"><x>1</x><n1:y xmlns:n1=\"urn:y\"><n1:z/></n1:y></n1:a>");
        refused(step, "{'x':1,'@xsd:any':['<x/>']}", "/@xsd:any/0 is an element that has a member of its own");
        refused(step, "{'x':1,'@xsd:any':['<y>']}", "/@xsd:any/0 is not one element in XML");
        refused(step, "{'x':1,'@xsd:any':['<y/><z/>']}", "/@xsd:any/0 is not one element in XML");
        refused(step, "{'x':1,'@xsd:any':['<p:y/>']}", "/@xsd:any/0 is not one element in XML");
        refused(step, "{'x':1,'@xsd:any':['<!DOCTYPE y><y/>']}", "/@xsd:any/0 is not one element in XML");
        refused(
                step,
                "{'x':1,'@xsd:any':['<?xml version=\\'1.1\\'?><y>&#1;</y>']}",
                "/@xsd:any/0 is not one element in XML");
        refused(step, "{'x':1,'@xsd:any':[1]}", "/@xsd:any/0 is not a string");
        refused(step, "{'x':1,'@xsd:any':'<y/>'}", "/@xsd:any is not an array");
        assertThat(catchThrowableOfType(BusException.class, () -> json(step, "<t:a><x>1</x><x>2</x></t:a>"))
                        .detail())
                .contains("/a/x stands where its JSON form has no place for it");
    }

    @Test
    void a_wildcard_holds_what_its_schema_admits_and_no_other() {
        SchemaStep step =
                root("<xs:any namespace='##targetNamespace' minOccurs='0'/>", "<xs:element name='so' type='xs:int'/>");

        same(step, "<t:a><t:so>7</t:so></t:a>", "{'@xsd:any':'<t:so xmlns:t=\\\"urn:t\\\">7</t:so>'}");
        refused(step, "{'@xsd:any':'<t:so xmlns:t=\\'urn:t\\'>Ánh</t:so>'}", "/@xsd:any breaks the rule");
        refused(step, "{'@xsd:any':'<t:la xmlns:t=\\'urn:t\\'/>'}", "/@xsd:any cannot stand beside");
        refused(step, "{'@xsd:any':'<la/>'}", "/@xsd:any cannot stand beside the members that are there");
        assertThat(step.example(true)).contains("<so xmlns=\\\"urn:t\\\">1</so>");
    }

    @Test
    void an_element_of_any_type_is_xml_in_a_string() {
        SchemaStep step = root("<xs:element name='x' minOccurs='0'/>");

        same(step, "<t:a><x y='1'>z<w/></x></t:a>", "{'x':'<x y=\\\"1\\\">z<w/></x>'}");
        same(
                step,
                "<t:a><x xmlns:s='http://www.w3.org/2001/XMLSchema' xsi:type='s:int'>5</x></t:a>",
                "{'x':'<x xmlns:xsi=\\\"http://www.w3.org/2001/XMLSchema-instance\\\""
                        + " xmlns:s=\\\"http://www.w3.org/2001/XMLSchema\\\" xsi:type=\\\"s:int\\\">5</x>'}");
        refused(step, "{'x':'<y/>'}", "/x cannot stand beside");
        refused(step, "{'x':null}", "/x is null");
    }

    @Test
    void attributes_that_no_schema_names_are_told_by_their_whole_names() {
        SchemaStep step = root("<xs:element name='x'><xs:complexType><xs:attribute name='y'/>"
                + "<xs:anyAttribute processContents='skip'/></xs:complexType></xs:element>");

        same(
                step,
                "<t:a><x y='1' xml:lang='vi' t:y='2' xmlns:k='urn:k' k:y='3'/></t:a>",
                "{'x':{'@y':'1','@xsd:anyAttribute':{'{http://www.w3.org/XML/1998/namespace}lang':'vi','{urn:t}y':'2','{urn:k}y':'3'}}}");
        refused(step, "{'x':{'@xsd:anyAttribute':{}}}", "/x/@xsd:anyAttribute is not an object of attributes");
        refused(step, "{'x':{'@xsd:anyAttribute':{'y':'1'}}}", "/x/@xsd:anyAttribute/* is an attribute that may not");
        for (String name : new String[] {"z/><b", "z=", "{}z", "{urn:k}", "1", "{urn:k}a:b", "{u{}z", "xmlns:z"}) {
            refused(step, "{'x':{'@xsd:anyAttribute':{'" + name + "':'1'}}}", "/x/@xsd:anyAttribute/* is not the text");
        }
        for (String name : new String[] {
            "{http://www.w3.org/2001/XMLSchema-instance}nil", "{http://www.w3.org/2000/xmlns/}z", "xmlns"
        }) {
            refused(
                    step,
                    "{'x':{'@xsd:anyAttribute':{'" + name + "':'urn:evil'}}}",
                    "/x/@xsd:anyAttribute/* is an attribute that may not stand here");
        }
        assertThat(catchThrowableOfType(BusException.class, () -> json(step, "<t:a><x z='t:kieu'/></t:a>"))
                        .detail())
                .contains("/a/x has an attribute whose value has a prefix");
    }

    @Test
    void a_qualified_name_is_told_with_its_namespace_and_written_with_a_prefix() {
        SchemaStep step = root("<xs:element name='x' maxOccurs='9' type='xs:QName'/><xs:element name='y' minOccurs='0'>"
                + "<xs:simpleType><xs:restriction base='xs:QName'><xs:enumeration value='t:mot'/></xs:restriction>"
                + "</xs:simpleType></xs:element>");

        same(
                step,
                "<t:a><x> t:b</x><x>b</x><x xmlns='urn:k'>b</x><y>t:mot</y></t:a>"
                        .replace("<x xmlns='urn:k'>b", "<x xmlns:k='urn:k'>k:b"),
                "{'x':['{urn:t}b','b','{urn:k}b'],'y':'{urn:t}mot'}");
        assertThat(xml(step, "{'x':['{urn:k}b','{urn:l}b'],'y':'{urn:t}mot'}"))
                .isEqualTo("<n1:a xmlns:n1=\"urn:t\"><x xmlns:q1=\"urn:k\">q1:b</x><x xmlns:q1=\"urn:l\">q1:b</x>"
                        + "<y>n1:mot</y></n1:a>");
        refused(step, "{'x':['t:b']}", "/x/0 is not a name as {namespace}local");
        refused(step, "{'x':['{http://www.w3.org/2000/xmlns/}b']}", "/x/0 is not a name as {namespace}local");
        refused(step, "{'x':['{urn:k}1']}", "/x/0 breaks the rule");
        refused(step, "{'x':['b'],'y':'{urn:t}hai'}", "/y breaks the rule enumeration");
        assertThat(step.jsonSchema("x")).contains("\"{urn:t}mot\"");
    }

    private static String json(SchemaStep step, String xml) {
        String scoped =
                xml.replaceFirst("<t:a", "<t:a xmlns:t='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'");
        return new String(step.json(scoped.getBytes(UTF_8)), UTF_8)
                .replace('\'', '\u2019')
                .replace('"', '\'');
    }

    private SchemaStep root(String particles, String... beside) {
        try {
            write(
                    "x/service.xsd",
                    "urn:t",
                    "unqualified",
                    "<xs:import namespace='http://www.w3.org/XML/1998/namespace' schemaLocation='http://www.w3.org/2001/xml.xsd'/>"
                            + "<xs:element name='a'><xs:complexType><xs:sequence>" + particles
                            + "</xs:sequence></xs:complexType></xs:element>" + String.join("", beside));
            return SchemaStep.of(folder, "x/service.xsd", "a");
        } catch (IOException unwritable) {
            throw new java.io.UncheckedIOException(unwritable);
        }
    }

    private void write(String file, String namespace, String form, String content) throws IOException {
        Files.createDirectories(folder.resolve("x"));
        Files.writeString(
                folder.resolve(file),
                "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='" + namespace
                        + "' xmlns:t='urn:t' elementFormDefault='" + form + "'>" + content + "</xs:schema>");
    }

    private static void same(SchemaStep step, String xml, String json) {
        String scoped =
                xml.replaceFirst("<t:a", "<t:a xmlns:t='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'");
        String written = json.replace('\'', '"');
        assertThat(new String(step.json(scoped.getBytes(UTF_8)), UTF_8)).isEqualTo(written);
        assertThat(new String(step.json(step.xml(written.getBytes(UTF_8))), UTF_8))
                .isEqualTo(written);
    }

    private static String xml(SchemaStep step, String json) {
        return new String(step.xml(json.replace('\'', '"').getBytes(UTF_8)), UTF_8);
    }

    private static void refused(SchemaStep step, String json, String why) {
        BusException refused = catchThrowableOfType(BusException.class, () -> xml(step, json));
        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(refused.detail()).startsWith("the request breaks x/service.xsd: " + why);
    }
}
