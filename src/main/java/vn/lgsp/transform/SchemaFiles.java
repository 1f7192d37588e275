package vn.lgsp.transform;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.validation.Schema;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.ls.LSInput;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/**
 * An XML Schema 1.0 with all files that it includes and imports, which lie in the folder of the mappings; nothing is ever fetched.
 * The schema of the {@code xml:} attributes is the product's own, wherever it is said to lie.
 */
final class SchemaFiles {
    private static final String OF_XML = "xml.xsd";

    private final MappingFolder folder;
    /** By file and effective namespace: a file without a namespace takes that of the one who includes it. */
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private final Map<Path, byte[]> texts = new LinkedHashMap<>();

    /**
     * One file as it counts.
     *
     * @param namespace that its declarations are in
     */
    record Part(String namespace, XsdNode schema) {}

    /** @throws IllegalArgumentException when the file is missing, or, as {@code Refused}, one of them is no schema */
    SchemaFiles(MappingFolder folder, String file) {
        this.folder = folder;
        read(folder.below(file), Optional.empty());
    }

    /** The files, the one that was named first. */
    Iterable<Part> parts() {
        return parts.values();
    }

    /** The namespace of the file that was named. */
    String namespace() {
        return parts.values().iterator().next().namespace();
    }

    private void read(Path file, Optional<String> includer) {
        XsdNode schema = node(file);
        String namespace = schema.get("targetNamespace").or(() -> includer).orElse("");
        if (parts.putIfAbsent(file + " " + namespace, new Part(namespace, schema)) != null) {
            return;
        }
        for (XsdNode child : schema.children()) {
            if (child.is("redefine")) {
                throw refusal(child, Rule.SCHEMA_REDEFINES);
            }
            if (child.is("include", "import")) {
                Optional<Path> part = child.get("schemaLocation")
                        .filter(location -> !isOfXml(child.get("namespace", "")))
                        .map(location -> located(child, location));
                part.ifPresent(found -> read(found, child.is("include") ? Optional.of(namespace) : Optional.empty()));
            }
        }
    }

    private Path located(XsdNode from, String location) {
        try {
            if (location.contains(":")) {
                throw new IllegalArgumentException(location);
            }
            return folder.inside(from.file().resolveSibling(location), location);
        } catch (IllegalArgumentException outside) {
            throw refusal(from, Rule.SCHEMA_ELSEWHERE, location);
        }
    }

    private XsdNode node(Path file) {
        try {
            byte[] text = texts.get(file);
            if (text == null) {
                text = Files.readAllBytes(file);
                texts.put(file, text);
            }
            return XsdNode.read(file, text)
                    .filter(root -> root.is("schema"))
                    .orElseThrow(() -> Mistake.refusal(file, 1, Rule.SCHEMA_UNUSABLE, "its root is not xsd:schema"));
        } catch (SAXParseException broken) {
            throw Mistake.refusal(
                    file, broken.getLineNumber(), Rule.SCHEMA_UNUSABLE, String.valueOf(broken.getMessage()));
        } catch (IOException | SAXException unreadable) {
            throw Mistake.refusal(file, 0, Rule.SCHEMA_UNUSABLE, String.valueOf(unreadable.getMessage()));
        }
    }

    static Refused refusal(XsdNode at, Rule rule, String... arguments) {
        return new Refused(Mistake.at(at.file(), at.line(), rule, arguments));
    }

    /** What holds content against the whole schema. */
    Schema compile() {
        Path first = parts.values().iterator().next().schema().file();
        try {
            InputSource source = SafeXml.input(text(first));
            source.setSystemId(first.toUri().toString());
            // every file was read above; what is asked for beyond them is not given
            return XmlParsers.schema(
                    source, (type, namespace, publicId, location, base) -> input(namespace, location, base));
        } catch (SAXParseException wrong) {
            throw Mistake.refusal(
                    wrong.getSystemId() == null ? first : Path.of(URI.create(wrong.getSystemId())),
                    wrong.getLineNumber(),
                    Rule.SCHEMA_UNUSABLE,
                    String.valueOf(wrong.getMessage()));
        } catch (SAXException wrong) {
            throw Mistake.refusal(first, 0, Rule.SCHEMA_UNUSABLE, String.valueOf(wrong.getMessage()));
        }
    }

    private byte[] text(Path file) {
        byte[] text = texts.get(file);
        if (text == null) {
            throw new IllegalStateException(file + " is no part of this schema");
        }
        return text;
    }

    /** Nothing at all for an import that names no place, and is used by nobody. */
    private @Nullable LSInput input(@Nullable String namespace, @Nullable String location, @Nullable String base) {
        if (isOfXml(String.valueOf(namespace))) {
            return new Given("file:///lgsp/" + OF_XML, ofXml());
        }
        Optional<Path> file = Optional.empty();
        if (location != null && base != null && base.startsWith("file:")) {
            file = Optional.of(
                            Path.of(URI.create(base)).resolveSibling(location).normalize())
                    .filter(texts::containsKey);
        } else if (location == null) {
            file = parts.values().stream()
                    .filter(part -> part.namespace().equals(namespace == null ? "" : namespace))
                    .map(part -> part.schema().file())
                    .findFirst();
        }
        if (file.isEmpty() && location == null) {
            return null;
        }
        return file.map(found -> new Given(found.toUri().toString(), text(found)))
                .orElseGet(() -> new Given("file:///lgsp/nothing.xsd", "<nothing/>".getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isOfXml(String namespace) {
        return namespace.equals(XMLConstants.XML_NS_URI);
    }

    /** The product's own schema of {@code xml:lang} and its like. */
    static XsdNode schemaOfXml() {
        try {
            return XsdNode.read(Path.of(OF_XML), ofXml()).orElseThrow();
        } catch (IOException | SAXException broken) {
            throw new IllegalStateException("the product's own schema is broken", broken);
        }
    }

    private static byte[] ofXml() {
        try (InputStream in = SchemaFiles.class.getResourceAsStream(OF_XML)) {
            if (in == null) {
                throw new IllegalStateException("the product lacks " + OF_XML);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The interface wants setters; nobody sets. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    private record Given(String systemId, byte[] text) implements LSInput {
        @Override
        public @Nullable Reader getCharacterStream() {
            return null;
        }

        @Override
        public void setCharacterStream(Reader stream) {}

        @Override
        public InputStream getByteStream() {
            return new ByteArrayInputStream(text);
        }

        @Override
        public void setByteStream(InputStream stream) {}

        @Override
        public @Nullable String getStringData() {
            return null;
        }

        @Override
        public void setStringData(String data) {}

        @Override
        public String getSystemId() {
            return systemId;
        }

        @Override
        public void setSystemId(String id) {}

        @Override
        public @Nullable String getPublicId() {
            return null;
        }

        @Override
        public void setPublicId(String id) {}

        @Override
        public @Nullable String getBaseURI() {
            return null;
        }

        @Override
        public void setBaseURI(String uri) {}

        @Override
        public @Nullable String getEncoding() {
            return null;
        }

        @Override
        public void setEncoding(String encoding) {}

        @Override
        public boolean getCertifiedText() {
            return false;
        }

        @Override
        public void setCertifiedText(boolean certified) {}
    }
}
