package vn.lgsp.runtime;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.message.Sha256;
import vn.lgsp.operate.PasswordHash;

/** Makes the hashes that a registry holds instead of keys and passwords. */
@Command(
        name = "hash",
        description = "Reads a password or a key, and prints the hash that the registry holds in its place.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp hash                              an operator's password, typed without being shown",
            "  openssl rand -hex 24 | tee key | ./lgsp hash --key   the key of a connection account"
        })
final class HashCommand implements Callable<Integer> {
    @Option(names = "--key", description = "the key of a connection account, instead of an operator's password")
    private boolean key;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        String secret = secret();
        if (secret.isBlank()) {
            throw new IllegalArgumentException("nothing was given: type a secret, or send one to the standard input");
        }
        command.commandLine()
                .getOut()
                .println(
                        key
                                ? "sha256:" + Sha256.hex(secret)
                                : PasswordHash.make(secret).stored());
        command.commandLine().getOut().flush();
        return 0;
    }

    private String secret() throws IOException {
        Console console = System.console();
        if (console != null) {
            char[] typed = console.readPassword(key ? "Key: " : "Password: ");
            return typed == null ? "" : new String(typed);
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }
}
