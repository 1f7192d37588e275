package vn.lgsp.edoc;

import java.util.ArrayList;
import java.util.List;

/** An element of the head of a packet, by its name alone: in which order elements stand means nothing. */
final class Node {
    private final String name;
    private final int line;
    private final StringBuilder text = new StringBuilder();
    private final List<Node> children = new ArrayList<>(2);

    Node(String name, int line) {
        this.name = name;
        this.line = line;
    }

    void add(Node child) {
        children.add(child);
    }

    void add(char[] characters, int start, int length) {
        text.append(characters, start, length);
    }

    String name() {
        return name;
    }

    int line() {
        return line;
    }

    /** Without blanks around it. */
    String text() {
        return text.toString().strip();
    }

    List<Node> all(String wanted) {
        return children.stream().filter(child -> child.name.equals(wanted)).toList();
    }
}
