package io.facepipeline.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of its own in a temporary folder, of the programs on this machine. */
final class PostgresServer {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;
  private int databases;

  private PostgresServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** The folder of the newest installed version's programs. */
  static Optional<Path> programs() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder());
    }
  }

  static PostgresServer start(Path programs) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("facepipeline-postgres");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresServer server = new PostgresServer(programs, folder, port);
    if (isRoot()) { // whom PostgreSQL refuses
      server.run(List.of("chown", "postgres", folder.toString()));
    }
    String data = folder.resolve("data").toString();
    server.program("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync");
    server.launch();
    return server;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Starts it; without forcing the disk, since the machine does not go down with it. */
  void launch() throws IOException, InterruptedException {
    program(
        "pg_ctl",
        "-D",
        folder.resolve("data").toString(),
        "-l",
        folder.resolve("log").toString(),
        "-w",
        "-o",
        "-p " + port + " -k " + folder + " -c listen_addresses=127.0.0.1 -c fsync=off",
        "start");
  }

  /** Stops it, and breaks all connections. */
  void stop() throws IOException, InterruptedException {
    program("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "immediate", "-w", "stop");
  }

  /** {@return the address of an empty database} */
  String newDatabase() throws IOException, InterruptedException {
    String name = "test" + ++databases;
    program("createdb", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "test", name);
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=test&connectTimeout=5";
  }

  static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    return source;
  }

  private void program(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(name).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path said = Files.createTempFile("postgres", ".said");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(command + ": " + Files.readString(said, StandardCharsets.UTF_8));
      }
    } finally {
      Files.delete(said);
    }
  }

  void shutDown() throws IOException, InterruptedException {
    stop();
    run(List.of("rm", "-rf", folder.toString()));
  }
}
