package vn.lgsp.command;

import java.io.Console;
import java.util.Optional;
import java.util.function.Function;

/** Someone at a terminal who can be asked. */
interface Person {
    /** What is answered to a question, without the line's end. */
    String answer(String question);

    void tell(String text);

    /** Whoever sits at the terminal of this process. */
    static Optional<Person> present() {
        return Terminal.person().map(OfConsole::new);
    }

    /**
     * Asks until the answer can be used, and says why not.
     *
     * @param otherwise what an empty answer means; empty where there is no such thing
     * @param make throws IllegalArgumentException with what is wrong
     */
    default <T> T ask(String question, String otherwise, Function<String, T> make) {
        while (true) {
            String answer = answer(question + (otherwise.isEmpty() ? "" : " [" + otherwise + "]") + ": ")
                    .strip();
            try {
                return make.apply(answer.isEmpty() ? otherwise : answer);
            } catch (IllegalArgumentException wrong) {
                tell("  " + wrong.getMessage());
            }
        }
    }

    /** At the console of this process; the end of its input ends the command. */
    record OfConsole(Console console) implements Person {
        @Override
        public String answer(String question) {
            String line = console.readLine("%s", question);
            if (line == null) {
                throw new IllegalStateException("the questions were not answered, so nothing was made");
            }
            return line;
        }

        @Override
        public void tell(String text) {
            console.printf("%s%n", text);
        }
    }
}
