package vn.lgsp.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
public final class HashCommand implements Callable<Integer> {
    @Option(names = "--key", description = "the key of a connection account, instead of an operator's password")
    private boolean key;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        String secret = secret();
        if (secret.isBlank()) {
            throw new IllegalArgumentException("nothing was given: type a secret, or send one to the standard input");
        }
        String hash =
                key ? "sha256:" + Sha256.hex(secret) : PasswordHash.make(secret).stored();
        if (output.isJson()) {
            output.json(Map.of("hash", hash));
        } else {
            output.say(hash);
        }
        return ExitCode.DONE;
    }

    private String secret() throws IOException {
        Optional<Console> person = Terminal.person();
        if (person.isPresent()) {
            char[] typed = person.get().readPassword(key ? "Key: " : "Password: ");
            return typed == null ? "" : new String(typed);
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }
}
