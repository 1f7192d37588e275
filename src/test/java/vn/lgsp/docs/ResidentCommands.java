package vn.lgsp.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;
import vn.lgsp.command.Lgsp;

/**
 * Runs the commands of readers in one process that stays, so that not each of them waits for a Java to start: the same code with the same
 * arguments, output and end. Says its port first. Then each connection names a folder, with the arguments in it, and hears the status when
 * output and errors lie there.
 */
final class ResidentCommands {
    private ResidentCommands() {}

    public static void main(String[] none) throws IOException {
        try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            System.out.println(door.getLocalPort());
            while (true) {
                Socket reader = door.accept();
                new Thread(() -> serve(reader)).start();
            }
        }
    }

    private static void serve(Socket reader) {
        try (reader;
                BufferedReader asked =
                        new BufferedReader(new InputStreamReader(reader.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter answer = new PrintWriter(reader.getOutputStream(), true, StandardCharsets.UTF_8)) {
            Path folder = Path.of(asked.readLine());
            String[] arguments = Files.readString(folder.resolve("arguments")).split("\0", -1);
            answer.println(run(folder, Arrays.copyOf(arguments, arguments.length - 1)));
        } catch (IOException gone) {
            gone.printStackTrace();
        }
    }

    private static int run(Path folder, String... arguments) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(folder.resolve("out")));
                PrintWriter errors = new PrintWriter(Files.newBufferedWriter(folder.resolve("errors")))) {
            CommandLine commands = Lgsp.commands();
            commands.setOut(out).setErr(errors);
            return commands.execute(arguments);
        }
    }
}
